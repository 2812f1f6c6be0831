// One table, many ways to hold a few rows back: which split gives which score.

/** A line through the rows that are not held back, and its R² on those that are (about their own mean). */
tapehead.compute.split = (x, y, order, held) => {
  const test = order.slice(0, held), train = order.slice(held), mean = (list, of) => list.reduce((sum, k) => sum + of[k], 0) / list.length;
  const mx = mean(train, x), my = mean(train, y);
  let sxx = 0, sxy = 0;
  for (const k of train) { sxx += (x[k] - mx) ** 2; sxy += (x[k] - mx) * (y[k] - my); }
  const slope = sxy / sxx, offset = my - slope * mx, middle = mean(test, y);
  let rest = 0, all = 0;
  for (const k of test) { rest += (y[k] - offset - slope * x[k]) ** 2; all += (y[k] - middle) ** 2; }
  return { slope, offset, r2: 1 - rest / all };
};

tapehead.toys.splits = (host, toy) => {
  const { table: told, published } = toy.data, { x: xName, y: yName } = toy.options;
  const axis = told.axes[0], many = told.shape[1];
  const column = (name) => { const k = kit.labels(told, axis).indexOf(name); return told.values.slice(k * many, (k + 1) * many); };
  const x = column(xName), y = column(yName), SEEDS = 300;
  const knobs = kit.knobs({
    seed: { label: "split", value: 1, low: 1, high: SEEDS },
    held: { label: "games held back", value: toy.options.held ?? 21, low: 6, high: Math.floor(many / 2) },
    shuffled: { label: `${yName} shuffled first (control)`, value: false },
  }, () => draw());
  const shuffled = (seed) => kit.order(many, 5000 + seed).map((k) => y[k]);
  const split = (seed, control) => tapehead.compute.split(x, control ? shuffled(seed) : y, kit.order(many, seed), knobs.values.held);
  const every = (control) => Array.from({ length: SEEDS }, (_, k) => split(k + 1, control).r2);
  const span = (list) => [Math.min(...list), Math.max(...list)];
  const cloud = kit.plane({ about: "the games", x: span(x), y: span(y), names: [`${xName} (log)`, `${yName} (log)`], wide: 420, high: 360 });
  const heap = kit.plane({ about: "R² of three hundred splits", x: [-1, 1], y: [0, 60], names: ["R² on the games held back", "splits"], wide: 420, high: 360 });
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const draw = () => {
    const { seed, held, shuffled: control } = knobs.values, found = split(seed, control), order = kit.order(many, seed), out = new Set(order.slice(0, held));
    const values = control ? shuffled(seed) : y, list = every(false), null_ = every(true), sorted = [...list].sort((a, b) => a - b);
    const [low, top] = span(x);
    cloud.layer.replaceChildren(...x.map((v, k) => kit.dot(cloud.px(v), cloud.py(values[k]), out.has(k) ? "var(--nap)" : "var(--ear)", out.has(k) ? 5 : 2.6, { opacity: out.has(k) ? 1 : .45 })),
      kit.line([cloud.px(low), cloud.py(found.offset + found.slope * low)], [cloud.px(top), cloud.py(found.offset + found.slope * top)], "var(--ink)", 2.5));
    const counts = kit.bins(list, -1, 1, 40), nulls = kit.bins(null_, -1, 1, 40), most = Math.max(...counts, ...nulls) * 1.1;
    heap.axes([-1, 1], [0, most]);
    const bar = (count, k, more) => kit.svg("rect", { x: heap.px(-1 + k / 20) + 1, width: heap.px(.05) - heap.px(0) - 2, y: heap.py(count), height: heap.py(0) - heap.py(count), ...more });
    const mark = Math.max(-1, Math.min(1, found.r2));
    heap.layer.replaceChildren(...counts.map((count, k) => bar(count, k, { fill: "var(--nap)", opacity: control ? .35 : .9 })),
      ...nulls.map((count, k) => bar(count, k, { fill: control ? "var(--ear)" : "none", stroke: "var(--ear)", "stroke-width": 1.5 })),
      kit.line([heap.px(mark), heap.py(0)], [heap.px(mark), heap.py(most)], "var(--ink)", 3),
      ...(published ? [kit.line([heap.px(published.values[0]), heap.py(0)], [heap.px(published.values[0]), heap.py(most)], "var(--luck)", 2, "5 4")] : []));
    const reach = published ? [list, null_].map((all) => all.filter((v) => v >= published.values[0]).length) : [];
    kit.fill(table, [["this split", `R² ${kit.number(found.r2)} on ${held} of ${many} games`], ["median of all splits", kit.number((sorted[SEEDS / 2 - 1] + sorted[SEEDS / 2]) / 2)],
      ["worst and best", `${kit.number(sorted[0])} to ${kit.number(sorted[SEEDS - 1])}`], ["splits below zero", `${list.filter((v) => v < 0).length} of ${SEEDS}`],
      ...(published ? [[`splits that reach the published ${kit.number(published.values[0])}`, `${reach[0]} of ${SEEDS}; shuffled: ${reach[1]}`]] : [])]);
    says.textContent = `Split ${seed}: ${kit.number(found.r2)}. ${list.filter((v) => v <= found.r2).length} of ${SEEDS} splits of the real table come to this or less.`;
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, cloud.svg, kit.el("figcaption", {}, "Orange: the games held back. The line was drawn through the others.")),
    kit.el("figure", {}, heap.svg, kit.el("figcaption", {}, "Every split once. Outlined in blue: the same after shuffling (control). Dashed: the published score. What lies below −1 is not drawn."))),
    knobs.node, table, says, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => [["split", "R²", "R², shuffled"], ...Array.from({ length: SEEDS }, (_, k) => [k + 1, split(k + 1, false).r2, split(k + 1, true).r2])],
    pictures: () => [cloud.svg, heap.svg],
    now: () => split(knobs.values.seed, knobs.values.shuffled),
  };
};
