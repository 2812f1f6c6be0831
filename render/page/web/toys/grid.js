// A map of numbers along two computed axes; whatever other axes there are become selects, and a second map beside it
// shows the control, or anything else that one wants to compare.
tapehead.toys.grid = (host, toy) => {
  const { rows, columns, control = "", unit = "" } = toy.options;
  const names = Object.keys(toy.data).filter((name) => !/\|(low|high)$/.test(name));
  const others = (name) => toy.data[name].axes.filter((axis) => axis !== rows && axis !== columns);
  const largest = Math.max(...names.flatMap((name) => toy.data[name].values.map((v) => Math.abs(v ?? 0)))) || 1;
  const says = kit.el("p", { class: "says", role: "status" });
  let chosen = null;

  const panel = (name, first) => {
    const state = { name, where: {} };
    const svg = kit.svg("svg", { role: "group" });
    const knobs = kit.el("div", { class: "knobs" });
    const caption = kit.el("figcaption");
    const quantity = () => toy.data[state.name];
    const value = (r, c, key = state.name) => toy.data[key] ? kit.at(toy.data[key], { ...state.where, [rows]: r, [columns]: c }) : null;
    const told = (r, c) => {
      const low = value(r, c, `${state.name}|low`), high = value(r, c, `${state.name}|high`);
      return kit.number(value(r, c)) + (low === null || high === null ? "" : ` (95 %: ${kit.number(low)} to ${kit.number(high)})`);
    };
    const title = () => [state.name, ...others(state.name).map((axis) => kit.labels(quantity(), axis)[state.where[axis] ?? 0])].join(", ");
    const build = () => {
      knobs.replaceChildren(kit.select(first ? "shown" : "beside it", names.map((each) => [each, each]), state.name, (to) => {
        state.name = to; build(); draw(); }).node);
      for (const axis of others(state.name)) {
        const labels = kit.labels(quantity(), axis);
        state.where[axis] = Math.min(state.where[axis] ?? 0, labels.length - 1);
        knobs.append(kit.select(axis, labels.map((label, k) => [String(k), label]), String(state.where[axis]), (to) => {
          state.where[axis] = Number(to); draw(); }).node);
      }
    };
    const draw = () => {
      const down = kit.labels(quantity(), rows), across = kit.labels(quantity(), columns);
      const letters = (names) => 7.4 * Math.max(...names.map((name) => String(name).length));
      // Names of any length have room: rows to the left, columns on every fourth square, or else on wider ones.
      const edge = Math.max(46, letters([...down, rows]) + 14), few = across.length <= 12;
      const cell = Math.max(18, Math.min(few ? Math.max(46, letters(across) + 8) : 46, Math.max(400, few ? across.length * (letters(across) + 8) : 0) / across.length));
      const width = Math.max(420, edge + across.length * cell + 4), tall = Math.min(cell, 54), height = 26 + down.length * tall + 24;
      kit.set(svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": `${title()}: ${rows} by ${columns}` });
      svg.replaceChildren(
        kit.svg("text", { class: "soft", x: edge, y: height - 6 }, columns), kit.svg("text", { class: "soft", x: 2, y: 16 }, rows));
      down.forEach((name, r) => {
        svg.append(kit.svg("text", { class: "soft", x: edge - 8, y: 26 + (r + .6) * tall, "text-anchor": "end" }, name));
        across.forEach((label, c) => {
          const here = value(r, c), at = { x: edge + c * cell, y: 26 + r * tall };
          const isChosen = chosen && chosen[0] === r && chosen[1] === c;
          const square = kit.svg("rect", { class: `cell${isChosen ? " chosen" : ""}`, ...at, width: cell - 2, height: tall - 2,
            fill: here === null ? "none" : kit.signed(here / largest), stroke: here === null ? "var(--faint)" : "none",
            tabindex: isChosen || (!chosen && r + c === 0) ? 0 : -1, role: "button",
            "aria-label": `${rows} ${name}, ${columns} ${label}: ${told(r, c)}`,
            click: () => pick(r, c, svg), pointerenter: () => tell(r, c),
            pointerleave: () => { if (chosen) tell(...chosen); },
            keydown: (event) => {
              const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
              if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(r, c, svg); }
              if (!way) return;
              event.preventDefault();
              pick(Math.max(0, Math.min(down.length - 1, r + way[0])), Math.max(0, Math.min(across.length - 1, c + way[1])), svg);
            } });
          svg.append(square);
          if (cell > 36 && here !== null) svg.append(kit.svg("text", { x: at.x + cell / 2 - 1, y: at.y + tall / 2 + 4,
            "text-anchor": "middle", "pointer-events": "none", style: { "font-size": "11px" } }, kit.number(here, 2)));
        });
      });
      across.forEach((label, c) => { if (cell > 26 || c % 4 === 0) svg.append(kit.svg("text", { class: "soft",
        x: edge + (c + .5) * cell, y: 20, "text-anchor": "middle" }, label)); });
      caption.textContent = title();
    };
    build();
    return { state, svg, knobs, caption, draw, build, told, title, value, quantity,
      figure: kit.el("figure", {}, knobs, svg, caption) };
  };

  const one = panel(toy.options.first ?? names[0], true);
  const two = panel(control || names[Math.min(1, names.length - 1)], false);
  let beside = true;
  const both = kit.check("a second map beside it", beside, (to) => { beside = to; draw(); });

  const tell = (r, c) => {
    const place = `${rows} ${kit.labels(one.quantity(), rows)[r]}, ${columns} ${kit.labels(one.quantity(), columns)[c]}`;
    says.textContent = `${place}. ${one.title()}: ${one.told(r, c)}${unit ? " " + unit : ""}.` +
      (beside ? ` ${two.title()}: ${two.told(r, c)}${unit ? " " + unit : ""}.` : "");
  };
  const pick = (r, c, svg) => {
    chosen = [r, c];
    draw();
    if (svg) svg.querySelector(".chosen")?.focus();
  };
  const draw = () => {
    one.draw();
    two.draw();
    two.figure.hidden = !beside;
    if (chosen) tell(...chosen);
    else says.textContent = "Choose a square.";
  };
  host.append(kit.el("div", { class: "knobs" }, both.node), kit.el("div", { class: "panels" }, one.figure, two.figure), says,
    kit.source(...names.map((name) => toy.data[name])));
  draw();
  return {
    state: () => ({ a: one.state.name, b: two.state.name, beside: beside ? 1 : 0, at: chosen ? chosen.join(" ") : "",
      ...Object.fromEntries(Object.entries(one.state.where).map(([k, v]) => [`a.${k}`, v])),
      ...Object.fromEntries(Object.entries(two.state.where).map(([k, v]) => [`b.${k}`, v])) }),
    restore: (state) => {
      for (const [key, side] of [["a", one], ["b", two]]) {
        if (names.includes(state[key])) side.state.name = state[key];
        for (const axis of others(side.state.name)) {
          const to = Number(state[`${key}.${axis}`]);
          if (Number.isInteger(to) && to >= 0 && to < kit.labels(side.quantity(), axis).length) side.state.where[axis] = to;
        }
        side.build();
      }
      beside = state.beside !== "0";
      both.set(beside);
      const at = String(state.at ?? "").split(" ").map(Number);
      const fits = at.length === 2 && [rows, columns].every((axis, k) => Number.isInteger(at[k]) && at[k] >= 0 &&
        at[k] < kit.labels(one.quantity(), axis).length);
      chosen = fits ? at : null;
      draw();
    },
    places: 2,
    rows: () => [[rows, columns, one.title(), ...(beside ? [two.title()] : [])],
      ...kit.labels(one.quantity(), rows).flatMap((r, i) => kit.labels(one.quantity(), columns).map((c, k) =>
        [r, c, one.value(i, k), ...(beside ? [two.value(i, k)] : [])]))],
    pictures: () => beside ? [one.svg, two.svg] : [one.svg],
    now: () => chosen && { one: one.value(...chosen), two: beside ? two.value(...chosen) : null },
  };
};
