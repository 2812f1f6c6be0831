// Two rows of weights, one cat: each row asks one question, each column says where an old unit goes.
// (analysis/linear/maps.py:one_map and :shadow say the same things of the film's own matrix.)

/** All that the map x -> Wx says of x, and of x and y put together before and after a rule. */
tapehead.compute.planeMap = (W, x, y, bend) => {
  const rule = (v) => [0, 1].map((o) => {
    const sum = W[o][0] * v[0] + W[o][1] * v[1];
    return bend ? Math.max(sum, 0) : sum;
  });
  const det = W[0][0] * W[1][1] - W[0][1] * W[1][0];
  const plain = [0, 1].map((o) => W[o][0] * x[0] + W[o][1] * x[1]);
  const length = Math.hypot(...W[0]);
  const shadow = length ? plain[0] / length : 0;
  const back = Math.abs(det) < 1e-12 ? null : [
    (W[1][1] * plain[0] - W[0][1] * plain[1]) / det,
    (-W[1][0] * plain[0] + W[0][0] * plain[1]) / det,
  ];
  const one = rule(x), two = rule(y);
  return {
    terms: W.map((row) => row.map((weight, i) => weight * x[i])),
    answer: one, plain, det, back, length, shadow,
    foot: length ? W[0].map((weight) => shadow * weight / length) : [0, 0],
    join_first: rule([x[0] + y[0], x[1] + y[1]]),
    translate_first: [one[0] + two[0], one[1] + two[1]],
  };
};

tapehead.toys["plane-map"] = (host, toy) => {
  const { W: weights, points, answers } = toy.data;
  const [outAxis, inAxis] = weights.axes;
  const asks = kit.labels(weights, outAxis), has = kit.labels(weights, inAxis);
  const who = kit.labels(points, points.axes[0]);
  const point = (k) => [points.values[2 * k], points.values[2 * k + 1]];
  const start = { W: [weights.values.slice(0, 2), weights.values.slice(2, 4)], x: point(0) };
  let W = start.W.map((row) => [...row]), x = [...start.x], bend = false, other = who.length > 2 ? 2 : 0;
  const colours = ["var(--nap)", "var(--luck)"], sides = ["var(--nose)", "var(--ear)"];
  const size = 420, limit = 3;

  const plane = (about, half, names) => {
    const svg = kit.svg("svg", { viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": about });
    const layer = kit.svg("g");
    const state = { half };
    const px = (v) => [size / 2 + v[0] * size / 2 / state.half, size / 2 - v[1] * size / 2 / state.half];
    const grid = kit.svg("g");
    const draw = () => {
      grid.replaceChildren();
      const step = state.half > 12 ? 4 : state.half > 6 ? 2 : 1;
      for (let k = -Math.floor(state.half); k <= state.half; k += 1) {
        if (k % step) continue;
        const edge = Math.abs(k) === Math.floor(state.half) && state.half % 1 === 0;
        for (const flat of [true, false]) {
          const a = flat ? px([-state.half, k]) : px([k, -state.half]), b = flat ? px([state.half, k]) : px([k, state.half]);
          grid.append(kit.svg("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1], stroke: "var(--faint)",
            "stroke-width": k ? 1 : 2.5 }));
          if (k && !edge) {
            const at = flat ? px([0, k]) : px([k, 0]);
            grid.append(kit.svg("text", { class: "soft", x: at[0] + (flat ? 5 : -4), y: at[1] + (flat ? 4 : 16) }, kit.number(k)));
          }
        }
      }
      grid.append(kit.svg("text", { x: size - 8, y: size / 2 - 8, "text-anchor": "end" }, names[0]),
        kit.svg("text", { x: size / 2 + 8, y: 16 }, names[1]));
    };
    draw();
    svg.append(grid, layer);
    return { svg, layer, px, state, redraw: draw, value: (event) => {
      const box = svg.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width * 2 - 1) * state.half,
        (1 - (event.clientY - box.top) / box.height * 2) * state.half];
    } };
  };
  const left = plane(`${has.join(" and ")}: drag the cat and the rows`, 4, has);
  const right = plane(`${asks.join(" and ")}: where the cat lands`, 6, asks);
  const clamp = (v) => v.map((each) => Math.round(Math.max(-limit, Math.min(limit, each)) * 20) / 20);

  const line = (from, to, colour, width = 3, dash = "") => kit.svg("line",
    { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
  const arrow = (from, to, colour) => {
    const way = [to[0] - from[0], to[1] - from[1]], long = Math.hypot(...way);
    if (long < 2) return kit.svg("g");
    const u = way.map((each) => each / long), h = Math.min(12, long);
    const base = [to[0] - u[0] * h, to[1] - u[1] * h];
    return kit.svg("g", {}, line(from, base, colour, 3.5), kit.svg("polygon", { fill: colour, points:
      `${to} ${[base[0] - u[1] * h * .45, base[1] + u[0] * h * .45]} ${[base[0] + u[1] * h * .45, base[1] - u[0] * h * .45]}` }));
  };

  // Three things to take hold of: they stay, so that the keyboard keeps its place while all else is drawn anew.
  const handles = [
    { name: "the cat", get: () => x, put: (v) => { x = v; }, colour: "var(--ink)", radius: 10 },
    ...asks.map((name, o) => ({ name: `the row of ${name}`, get: () => W[o], put: (v) => { W[o] = v; },
      colour: colours[o], radius: 8 })),
  ];
  for (const one of handles) {
    one.node = kit.svg("circle", { class: "handle", r: one.radius, fill: one.colour, stroke: "var(--ground)",
      "stroke-width": 2, tabindex: 0, role: "slider", "aria-label": `${one.name}: arrow keys move it`,
      "aria-valuemin": -limit, "aria-valuemax": limit,
      pointerdown: (event) => { one.node.setPointerCapture(event.pointerId); event.preventDefault(); one.node.focus(); },
      pointermove: (event) => { if (one.node.hasPointerCapture(event.pointerId)) { one.put(clamp(left.value(event))); draw(); } },
      keydown: (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (!way) return;
        event.preventDefault();
        const step = event.shiftKey ? .5 : .05;
        one.put(clamp(one.get().map((each, k) => each + step * way[k])));
        draw();
      } });
    one.label = kit.svg("text", { "pointer-events": "none", "font-weight": "bold" }, one.name.replace("the row of ", ""));
    left.svg.append(one.node, one.label);
  }

  const table = kit.el("table");
  const says = kit.el("p", { class: "says", role: "status" });
  const sliders = [
    ...has.map((name, i) => kit.slider(`cat: ${name}`, -limit, limit, .05, x[i], (v) => { x[i] = v; draw(); })),
    ...asks.flatMap((ask, o) => has.map((name, i) =>
      kit.slider(`${ask} per ${name}`, -limit, limit, .05, W[o][i], (v) => { W[o][i] = v; draw(); }))),
  ];
  const chooser = kit.select("cat", [["", "your own"], ...who.map((name, k) => [String(k), name])], "0", (value) => {
    if (value !== "") { x = point(Number(value)); draw(); }
  });
  const second = kit.select("put together with", who.map((name, k) => [String(k), name]), String(other),
    (value) => { other = Number(value); draw(); });
  const bent = kit.check("the bend: below zero becomes zero (control)", bend, (value) => { bend = value; draw(); });

  const draw = () => {
    const y = point(other), found = tapehead.compute.planeMap(W, x, y, bend);
    const zero = left.px([0, 0]);
    const far = found.length ? W[0].map((each) => each / found.length * 6) : [0, 0];
    left.layer.replaceChildren(
      line(left.px(far.map((v) => -v)), left.px(far), "var(--nap)", 1, "2 5"),
      line(left.px(x), left.px(found.foot), "var(--soft)", 2, "5 4"),
      line(zero, left.px(found.foot), "var(--nap)", 9),
      line(zero, left.px([x[0], 0]), sides[0], 4), line(left.px([x[0], 0]), left.px(x), sides[1], 4),
      ...asks.map((_, o) => arrow(zero, left.px(W[o]), colours[o])));
    handles.forEach((one) => {
      const at = left.px(one.get());
      kit.set(one.label, { x: at[0] + 13, y: at[1] - 10 });
      kit.set(one.node, { cx: at[0], cy: at[1], "aria-valuenow": one.get()[0],
        "aria-valuetext": has.map((name, i) => `${name} ${kit.number(one.get()[i])}`).join(", ") });
    });
    const corner = [W[0][0] * x[0], W[1][0] * x[0]];
    const reach = Math.max(...[...corner, ...found.plain, ...found.answer].map(Math.abs));
    right.state.half = [6, 9, 12, 20].find((each) => each >= reach * 1.08) ?? 20;
    right.redraw();
    right.layer.replaceChildren(
      arrow(right.px([0, 0]), right.px(corner), sides[0]), arrow(right.px(corner), right.px(found.plain), sides[1]),
      ...(bend ? [line(right.px(found.plain), right.px(found.answer), "var(--soft)", 2, "4 4")] : []),
      kit.svg("circle", { cx: right.px(found.answer)[0], cy: right.px(found.answer)[1], r: 9, fill: "var(--ink)",
        stroke: "var(--ground)", "stroke-width": 2 }));
    [...x, ...W.flat()].forEach((value, k) => sliders[k].set(value));
    const same = who.findIndex((_, k) => point(k).every((value, i) => value === x[i]));
    chooser.set(same < 0 ? "" : String(same));
    const row = (...cells) => kit.el("tr", {}, cells.map((cell, k) => kit.el(k ? "td" : "th", k ? {} : { scope: "row" }, cell)));
    table.replaceChildren(kit.el("tbody", {},
      ...asks.map((ask, o) => row(ask, has.map((_, i) => `${kit.number(W[o][i])} × ${kit.number(x[i])}`).join(" + ") +
        ` = ${found.terms[o].map((each) => kit.number(each)).join(" + ")} = ${kit.number(found.plain[o])}` +
        (bend ? `, bent: ${kit.number(found.answer[o])}` : ""))),
      row("shadow", `${kit.number(found.shadow)} along the row of ${asks[0]}, times its length ${kit.number(found.length)} = ${kit.number(found.shadow * found.length)}`),
      row("and back", found.back ? `${has.map((name, i) => `${name} ${kit.number(found.back[i])}`).join(", ")} (determinant ${kit.number(found.det)})`
        : "the determinant is 0: two cats share one answer, and nobody can go back"),
      row("join first", `${asks.map((ask, o) => `${ask} ${kit.number(found.join_first[o])}`).join(", ")}`),
      row("translate first", `${asks.map((ask, o) => `${ask} ${kit.number(found.translate_first[o])}`).join(", ")}`)));
    const apart = Math.max(...found.join_first.map((each, o) => Math.abs(each - found.translate_first[o])));
    says.textContent = apart < 1e-9 ? "Both roads meet: adding and translating may change places."
      : `The two roads end ${kit.number(apart)} apart: with this bend, adding and translating may not change places.`;
  };

  const reset = kit.button("back to the film's", () => { W = start.W.map((row) => [...row]); x = [...start.x]; bend = false; bent.set(false); draw(); });
  host.append(
    kit.el("div", { class: "panels" },
      kit.el("figure", {}, left.svg, kit.el("figcaption", {}, `The cat, and the two rows as rulers in its plane. The thick bar is the cat's shadow on the row of ${asks[0]}.`)),
      kit.el("figure", {}, right.svg, kit.el("figcaption", {}, `Where the cat lands: ${has[0]} steps along the first column, then ${has[1]} steps along the second.`))),
    kit.el("div", { class: "knobs" }, chooser.node, second.node, bent.node, reset),
    kit.el("div", { class: "knobs" }, sliders.map((each) => each.node)),
    table, says, kit.source(weights, points, answers));
  draw();
  return {
    state: () => ({ x: x.join(" "), w: W.flat().join(" "), bend: bend ? 1 : 0, with: other }),
    restore: (state) => {
      const read = (text, many) => {
        const found = String(text ?? "").split(" ").map(Number);
        return found.length === many && found.every(Number.isFinite) ? found : null;
      };
      const point = read(state.x, 2), w = read(state.w, 4);
      if (point) x = clamp(point);
      if (w) W = [clamp(w.slice(0, 2)), clamp(w.slice(2))];
      bend = state.bend === "1";
      bent.set(bend);
      if (who[Number(state.with)]) { other = Number(state.with); second.set(String(other)); }
      draw();
    },
    rows: () => {
      const found = tapehead.compute.planeMap(W, x, point(other), bend);
      return [["", ...has, ...asks], ["cat", ...x, ...found.answer], ...asks.map((ask, o) => [`row ${ask}`, ...W[o]])];
    },
    pictures: () => [left.svg, right.svg],
    now: () => tapehead.compute.planeMap(W, x, point(other), bend),
  };
};
