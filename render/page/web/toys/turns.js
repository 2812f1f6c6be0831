// Two networks of two hidden units: exchange the units, turn their signs, and see whether one lies on the other.
// (analysis/vision/xor_match.py:turns)

/** A list of nine weights with its units in another order and with other signs: it computes the same. */
tapehead.compute.turned = (w, exchanged, signs) => {
  const order = exchanged ? [1, 0] : [0, 1];
  return [...order.flatMap((unit, k) => [signs[k] * w[2 * unit], signs[k] * w[2 * unit + 1]]), ...order.map((unit, k) => signs[k] * w[4 + unit]),
    ...order.map((unit, k) => signs[k] * w[6 + unit]), w[8]];
};

tapehead.compute.apart = (one, two) => Math.hypot(...one.map((v, k) => v - two[k]));

/** The answers, in %, at the corners −−, −+, +−, ++. */
tapehead.compute.answers = (w) => [[-1, -1], [-1, 1], [1, -1], [1, 1]].map(([x, y]) => {
  const hidden = [0, 1].map((unit) => Math.tanh(w[2 * unit] * x + w[2 * unit + 1] * y + w[4 + unit]));
  return 100 / (1 + Math.exp(-(hidden[0] * w[6] + hidden[1] * w[7] + w[8])));
});

/** Of the eight turns of the second the one nearest to the first. */
tapehead.compute.bestTurn = (first, second) => [false, true].flatMap((exchanged) => [[1, 1], [1, -1], [-1, 1], [-1, -1]].map((signs) =>
  ({ exchanged, signs, apart: tapehead.compute.apart(first, tapehead.compute.turned(second, exchanged, signs)) }))).reduce((a, b) => b.apart < a.apart - 1e-12 ? b : a);

tapehead.toys.turns = (host, toy) => {
  const { weights, solved, solution } = toy.data, names = kit.labels(weights, "weight"), many = weights.shape[0];
  const list = (k) => weights.values.slice(9 * k, 9 * k + 9);
  const told = (k) => `${k + 1}: ${solved.values[k] ? "solved" : "not solved"}, solution ${solution.values[k] + 1}`;
  const options = Array.from({ length: many }, (_, k) => [String(k), told(k)]);
  const good = options.filter(([k]) => solved.values[k]), partner = good.slice(1).sort((a, b) => tapehead.compute.apart(list(Number(good[0][0])), list(Number(b[0]))) -
    tapehead.compute.apart(list(Number(good[0][0])), list(Number(a[0])))).find(([k]) => solution.values[k] === solution.values[good[0][0]]) ?? good[1];
  const other = good.find(([k]) => solution.values[k] !== solution.values[good[0][0]]);
  const knobs = kit.knobs({
    first: { label: "one network", options, value: good[0][0] }, second: { label: "another", options, value: partner[0] },
    exchanged: { label: "exchange its hidden units", value: false }, one: { label: "turn the sign of the first", value: false }, two: { label: "turn the sign of the second", value: false },
  }, () => draw());
  const plane = kit.plane({ about: "the nine weights of both networks", x: [-.5, 8.5], y: (() => { const m = Math.max(...weights.values.map(Math.abs)) * 1.1; return [-m, m]; })(), names: ["", "weight"], bare: true });
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const compute = () => {
    const { first, second, exchanged, one, two } = knobs.values, a = list(Number(first)), b = list(Number(second)), turned = tapehead.compute.turned(b, exchanged, [one ? -1 : 1, two ? -1 : 1]);
    return { a, b, turned, plain: tapehead.compute.apart(a, b), apart: tapehead.compute.apart(a, turned), best: tapehead.compute.bestTurn(a, b) };
  };
  const draw = () => {
    const found = compute(), answers = [found.a, found.b, found.turned].map(tapehead.compute.answers);
    plane.layer.replaceChildren(...names.flatMap((name, k) => [
      kit.line([plane.px(k - .12), plane.py(found.a[k])], [plane.px(k + .12), plane.py(found.turned[k])], "var(--soft)", 1.5),
      kit.dot(plane.px(k - .12), plane.py(found.a[k]), "var(--nap)", 7), kit.dot(plane.px(k + .12), plane.py(found.turned[k]), "var(--ear)", 7),
      kit.svg("text", { x: plane.px(k), y: 316, "text-anchor": "middle" }, name)]));
    const cells = (which) => answers[which].map((v) => `${kit.number(v, 3)} %`);
    kit.fill(table, [["says \"different\" at", "−−", "−+", "+−", "++"], ["one network", ...cells(0)], ["another, as it stands", ...cells(1)], ["another, turned", ...cells(2)]], true);
    says.textContent = `As they stand they are ${kit.number(found.plain)} apart; turned like this ${kit.number(found.apart)}; the best of the eight turns leaves ${kit.number(found.best.apart)}. ` +
      "Turning changes no answer.";
  };
  const best = kit.button("the best turn", () => { const { best: to } = compute(); knobs.set("exchanged", to.exchanged); knobs.set("one", to.signs[0] < 0); knobs.set("two", to.signs[1] < 0); draw(); });
  const control = other ? kit.button("a network of another solution (control)", () => { knobs.set("second", other[0]); draw(); }) : null;
  host.append(plane.svg, knobs.node, kit.el("div", { class: "knobs" }, best, control), kit.el("div", { class: "scroll", tabindex: 0 }, table), says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => { const found = compute(); return [["weight", "one", "another", "another, turned"], ...names.map((name, k) => [name, found.a[k], found.b[k], found.turned[k]])]; },
    pictures: () => [plane.svg],
    now: () => { const { plain, apart, best: to } = compute(); return { plain, apart, best: to.apart }; },
  };
};
