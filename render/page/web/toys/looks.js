// One look is rarely wrong; ten thousand looks are.  1 − (1 − p)ⁿ beside what was measured in noise.

/** The chance, in %, of at least one alarm in n looks that know nothing of each other, p in % a look. */
tapehead.compute.looks = (single, many) => -100 * Math.expm1(many * Math.log1p(-single / 100));

/** How many such looks would give the share (in %) that was measured. */
tapehead.compute.effective = (single, measured) => Math.log1p(-measured / 100) / Math.log1p(-single / 100);

tapehead.toys.looks = (host, toy) => {
  const { single, measured, low, high, looks } = toy.data, [spectrum, rate] = measured.axes, all = looks.values[0];
  const spec = {
    [spectrum]: { label: toy.options.kind ?? spectrum, options: kit.places(measured, spectrum), value: 0 },
    [rate]: { label: "bar, from strict to loose", value: Math.floor(measured.shape[1] / 2), low: 0, high: measured.shape[1] - 1, told: (k) => `${k + 1} of ${measured.shape[1]}` },
    many: { label: "looks", value: 100, low: 0, high: 100, told: (k) => kit.number(Math.round(all ** (k / 100)), 5) },
    measured: { label: "what was measured (control)", value: true },
  };
  const knobs = kit.knobs(spec, () => draw());
  const plane = kit.plane({ about: "chance of an alarm by number of looks", x: [1, all], y: [0, 100], names: ["looks", "% of pictures with an alarm"], log: "x" });
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const compute = () => {
    const at = { [spectrum]: Number(knobs.values[spectrum]), [rate]: knobs.values[rate] }, p = kit.at(single, at), many = Math.round(all ** (knobs.values.many / 100));
    return { p, many, formula: tapehead.compute.looks(p, many), whole: tapehead.compute.looks(p, all), measured: kit.at(measured, at), low: kit.at(low, at), high: kit.at(high, at),
      effective: tapehead.compute.effective(p, kit.at(measured, at)) };
  };
  const draw = () => {
    const found = compute(), steps = Array.from({ length: 121 }, (_, k) => all ** (k / 120));
    plane.layer.replaceChildren(kit.curve(steps.map((n) => [plane.px(n), plane.py(tapehead.compute.looks(found.p, n))]), "var(--nap)"),
      kit.dot(plane.px(found.many), plane.py(found.formula), "var(--nap)", 7),
      ...(knobs.values.measured ? [kit.line([plane.px(all) - 3, plane.py(found.low)], [plane.px(all) - 3, plane.py(found.high)], "var(--ear)", 5),
        kit.dot(plane.px(all) - 3, plane.py(found.measured), "var(--ear)", 7),
        ...(found.effective <= all ? [kit.line([plane.px(found.effective), plane.py(0)], [plane.px(found.effective), plane.py(found.measured)], "var(--ear)", 2, "5 4"),
          kit.line([plane.px(found.effective), plane.py(found.measured)], [plane.px(all), plane.py(found.measured)], "var(--ear)", 2, "5 4")] : [])] : []));
    kit.fill(table, [["one look is wrong", `${kit.number(found.p)} %`], [`${kit.number(found.many, 5)} looks that know nothing of each other`, `${kit.number(found.formula)} %`],
      [`measured, at ${kit.number(all, 5)} places`, `${kit.number(found.measured)} % (95 %: ${kit.number(found.low)} to ${kit.number(found.high)})`],
      ["as many independent looks would do that", kit.number(found.effective)]]);
    says.textContent = `The formula says ${kit.number(found.whole)} % for all ${kit.number(all, 5)} places; ${kit.number(found.measured)} % of the pictures had an alarm, as if there were ${kit.number(found.effective)} looks.`;
  };
  host.append(plane.svg, knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [["looks", "formula, %"], ...Array.from({ length: 101 }, (_, k) => { const n = Math.round(all ** (k / 100)); return [n, tapehead.compute.looks(compute().p, n)]; })],
    pictures: () => [plane.svg],
    now: compute,
  };
};
