// Pushes of one length in all directions, and the answers to them: a circle becomes an ellipse.

/** The answer of a 2 × 2 map to a push of length 1 at `angle` (radians), and its length. */
tapehead.compute.push = (M, angle) => {
  const push = [Math.cos(angle), Math.sin(angle)], answer = M.map((row) => row[0] * push[0] + row[1] * push[1]);
  return { push, answer, length: Math.hypot(...answer) };
};

/** Singular values of a 2 × 2 map, the larger first, and the angle of the push that is answered the most. */
tapehead.compute.loudest = (M) => {
  const [[a, b], [c, d]] = M;
  const sum = Math.hypot(a + d, c - b), difference = Math.hypot(a - d, c + b);
  return { sigma: [(sum + difference) / 2, Math.abs(sum - difference) / 2], angle: Math.atan2(2 * (a * b + c * d), a * a + c * c - b * b - d * d) / 2 };
};

tapehead.toys.ellipse = (host, toy) => {
  const extra = ["null", "real", "sizes"], names = Object.keys(toy.data).filter((name) => !extra.includes(name));
  const matrix = (name) => {
    const { values, shape } = toy.data[name];
    return shape.length === 1 ? [[values[0], 0], [0, values[1]]] : [values.slice(0, 2), values.slice(2, 4)];
  };
  const sorted = toy.data.null ? [...toy.data.null.values].sort((a, b) => a - b) : [];
  const { real, sizes } = toy.data;
  const spec = { through: { label: "pushed through", options: names.map((name) => [name, name]), value: names[0] },
    angle: { label: "direction of the push", value: toy.options.start ?? 30, low: 0, high: 355, step: 5, told: (v) => `${kit.number(v)}°` } };
  if (names.length > 1) spec.beside = { label: "the control's ellipse", value: true };
  if (real) spec.size = { label: "the network itself, pushed by", value: "", options: [["", "–"], ...sizes.values.map((v, k) => [String(k), `${kit.number(v)} ${sizes.unit}`])] };
  const knobs = kit.knobs(spec, () => draw());
  const control = toy.options.control ?? names[1];
  const reach = Math.max(...names.map((name) => tapehead.compute.loudest(matrix(name)).sigma[0]), ...(real ? real.values.map(Math.abs) : [])) * 1.1;
  const square = { wide: 360, high: 360 };
  const left = kit.plane({ about: "the push: drag it round the circle", x: [-1.3, 1.3], y: [-1.3, 1.3], names: toy.options.inputs ?? ["first", "second"], ...square });
  const right = kit.plane({ about: "the answer", x: [-reach, reach], y: [-reach, reach], names: toy.options.outputs ?? ["first", "second"], ...square });
  const angle = () => knobs.values.angle * Math.PI / 180;
  const turn = (to) => { knobs.set("angle", ((Math.round(to / 5) * 5) % 360 + 360) % 360); draw(); };
  const hold = kit.handle(left, { name: "push", colour: "var(--nap)", step: 5, get: () => tapehead.compute.push([[1, 0], [0, 1]], angle()).push,
    put: (to, way) => turn(way ? knobs.values.angle + 5 * (way[0] + way[1]) : Math.atan2(to[1], to[0]) * 180 / Math.PI),
    told: () => `${knobs.values.angle}°` });
  const round = Array.from({ length: 73 }, (_, k) => k * Math.PI / 36);
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const draw = () => {
    const M = matrix(knobs.values.through), found = tapehead.compute.push(M, angle()), best = tapehead.compute.loudest(M);
    const at = (plane, v) => [plane.px(v[0]), plane.py(v[1])];
    left.layer.replaceChildren(kit.curve(round.map((t) => at(left, [Math.cos(t), Math.sin(t)])), "var(--soft)", 1.5),
      kit.line(at(left, [0, 0]), at(left, found.push), "var(--nap)", 3.5));
    hold();
    const ellipse = (map, colour, dash) => kit.curve(round.map((t) => at(right, tapehead.compute.push(map, t).answer)), colour, 2, dash);
    right.layer.replaceChildren(ellipse(M, "var(--soft)", ""),
      ...(knobs.values.beside && control !== knobs.values.through ? [ellipse(matrix(control), "var(--ear)", "6 4")] : []),
      ...(knobs.values.size ? [kit.curve(Array.from({ length: real.shape[1] + 1 }, (_, k) => at(right, [0, 1].map((axis) =>
        real.values[(Number(knobs.values.size) * real.shape[1] + k % real.shape[1]) * 2 + axis]))), "var(--luck)", 2, "2 3")] : []),
      kit.line(at(right, [0, 0]), at(right, found.answer), "var(--nap)", 3.5), kit.dot(...at(right, found.answer), "var(--nap)", 8));
    const less = sorted.filter((v) => v < found.length).length;
    kit.fill(table, [["answer", found.answer.map((v) => kit.number(v)).join(", ")], ["its length", kit.number(found.length)],
      ["the loudest push", `${kit.number(best.sigma[0])}, at ${kit.number(((best.angle * 180 / Math.PI) % 180 + 180) % 180, 3)}°`], ["the softest", kit.number(best.sigma[1])],
      ...(names.length > 1 ? [[`${control}, same direction`, kit.number(tapehead.compute.push(matrix(control), angle()).length)]] : []),
      ...(sorted.length ? [["random pushes answered more softly (control)", `${less} of ${sorted.length}`]] : [])]);
    says.textContent = `This push is answered by ${kit.number(found.length)}: ${kit.percent(found.length / best.sigma[0])} of the loudest.`;
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, left.svg, kit.el("figcaption", {}, "Pushes of length one: drag the point round.")),
    kit.el("figure", {}, right.svg, kit.el("figcaption", {}, names.length > 1 ? `The answers. Dashed: ${control}.` : "The answers."))),
    knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [["degrees", ...names], ...round.slice(0, 72).map((t, k) => [5 * k, ...names.map((name) => tapehead.compute.push(matrix(name), t).length)])],
    pictures: () => [left.svg, right.svg],
    now: () => ({ ...tapehead.compute.push(matrix(knobs.values.through), angle()), less: sorted.filter((v) => v < tapehead.compute.push(matrix(knobs.values.through), angle()).length).length }),
  };
};
