// The loudest share of a layer's values for each of two pictures: how many do they have in common, and how many would
// two heaps of chance?  (analysis/vision/overlap.py)

/** How many of `many` values are the loudest share. */
tapehead.compute.setSize = (many, share) => Math.max(1, Math.floor(many * share + .5));

/** Places of the loudest `size` values, rising; equal ones at the border are drawn by lot. */
tapehead.compute.loudestSet = (values, size, seed) => {
  const border = [...values].sort((a, b) => b - a)[size - 1], above = [], tied = [];
  values.forEach((v, k) => { if (v > border) above.push(k); else if (v === border) tied.push(k); });
  const drawn = above.length + tied.length > size ? kit.order(tied.length, seed).slice(0, size - above.length).map((k) => tied[k]) : tied;
  return [...above, ...drawn].sort((a, b) => a - b);
};

/** Common over all (Jaccard 1912), and the two numbers. */
tapehead.compute.jaccard = (one, two) => {
  const set = new Set(one), common = two.filter((k) => set.has(k)).length, either = one.length + two.length - common;
  return { common, either, overlap: common / either };
};

/** What two sets of chance have in common on average, near enough: s / (2 − s). */
tapehead.compute.chance = (share) => share / (2 - share);

tapehead.toys.overlap = (host, toy) => {
  const { activation, picture } = toy.data, axis = activation.axes[0], names = kit.labels(activation, axis), kinds = toy.options.kinds ?? names;
  const many = activation.values.length / names.length, values = names.map((_, k) => activation.values.slice(k * many, (k + 1) * many));
  const [, channel, down, across] = activation.shape, top = toy.options.most ?? 40;
  const knobs = kit.knobs({
    share: { label: "the loudest", value: 10, low: 1, high: top, told: (v) => `${v} %` },
    other: { label: `${kinds[0]} beside`, options: kinds.slice(1).map((name, k) => [String(k + 1), name]), value: "1" },
    shuffled: { label: "its values shuffled (control)", value: false }, seed: { label: "seed of the shuffle", value: 1, low: 1, high: 100 },
  }, () => draw());
  const shuffled = (list, seed) => kit.order(list.length, 300 + seed).map((k) => list[k]);
  const sets = (share, other, seed) => {
    const size = tapehead.compute.setSize(many, share / 100), second = seed ? shuffled(values[other], seed) : values[other];
    return [tapehead.compute.loudestSet(values[0], size, 1), tapehead.compute.loudestSet(second, size, 2)];
  };
  const shares = Array.from({ length: top }, (_, k) => k + 1);
  const curves = kinds.slice(1).map((_, k) => shares.map((share) => tapehead.compute.jaccard(...sets(share, k + 1, 0)).overlap));
  const plane = kit.plane({ about: "overlap by share", x: [0, top], y: [0, Math.max(...curves.flat(), tapehead.compute.chance(top / 100)) * 1.1], names: ["loudest share, %", "overlap"], wide: 460, high: 330 });
  const maps = kit.svg("svg", { viewBox: "0 0 460 250", role: "img", "aria-label": "where in the pictures the loudest values lie" });
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const compute = () => {
    const { share, other, shuffled: control, seed } = knobs.values, [one, two] = sets(share, Number(other), control ? seed : 0);
    return { one, two, share: share / 100, chance: tapehead.compute.chance(share / 100), ...tapehead.compute.jaccard(one, two) };
  };
  const draw = () => {
    const found = compute(), other = Number(knobs.values.other);
    plane.layer.replaceChildren(kit.curve([...Array(top + 1).keys()].map((s) => [plane.px(s), plane.py(tapehead.compute.chance(s / 100))]), "var(--soft)", 2, "5 4"),
      ...curves.map((curve, k) => kit.curve(curve.map((v, s) => [plane.px(shares[s]), plane.py(v)]), kit.colours[k], k + 1 === other ? 3.2 : 1.6)),
      kit.dot(plane.px(knobs.values.share), plane.py(found.overlap), "var(--ink)", 7));
    const common = new Set(found.one), cell = 200 / across;
    maps.replaceChildren(...[[found.one, 0, kinds[0]], [found.two, other, kinds[other]]].flatMap(([set, which, name], side) => {
      const counts = Array(down * across).fill(0), both = Array(down * across).fill(0);
      for (const k of set) { counts[k % (down * across)] += 1; if (side && common.has(k)) both[k % (down * across)] += 1; }
      const most = Math.max(...counts, 1), left = side * 240;
      return [...(picture ? [kit.image(picture.pictures[which], left, 24, 200, name)] : []),
        kit.svg("text", { x: left, y: 16 }, side && knobs.values.shuffled ? `${name}, shuffled` : name),
        ...counts.flatMap((count, k) => [kit.svg("rect", { x: left + (k % across) * cell, y: 24 + Math.floor(k / across) * cell, width: cell - 1, height: cell - 1, fill: "var(--nap)", opacity: .75 * count / most }),
          ...(both[k] ? [kit.svg("text", { x: left + (k % across + .5) * cell, y: 24 + (Math.floor(k / across) + .6) * cell, "text-anchor": "middle" }, both[k])] : [])])];
    }), kit.svg("text", { class: "soft", x: 0, y: 244 }, `${channel} channels at each of ${down} × ${across} places; numbers: common values there`));
    kit.fill(table, [["in common", `${found.common} of ${found.either} that either has: ${kit.number(found.overlap)}`], ["two heaps of chance, s / (2 − s)", kit.number(found.chance)],
      ["times chance", kit.number(found.overlap / found.chance)], ["values in each set", `${found.one.length} of ${many}`]]);
    says.textContent = `${kinds[0]} and ${kinds[other]}${knobs.values.shuffled ? " with shuffled values" : ""} share ${kit.number(found.overlap)}; chance is ${kit.number(found.chance)}.`;
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, plane.svg, kit.el("figcaption", {}, `${kinds.slice(1).map((name, k) => `${["Orange", "Blue", "Green"][k]}: ${kinds[0]} and ${name}`).join(". ")}. Dashed: chance.`)), kit.el("figure", {}, maps)),
    knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [["share, %", "chance", ...kinds.slice(1)], ...shares.map((share, k) => [share, tapehead.compute.chance(share / 100), ...curves.map((curve) => curve[k])])],
    pictures: () => [plane.svg, maps],
    now: () => { const { common, either, overlap, chance } = compute(); return { common, either, overlap, chance }; },
  };
};
