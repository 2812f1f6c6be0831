// Pairs with one or two measures, some linked: a score out of them, a threshold on it, the curve of all thresholds.

/** Least squares of a 0/1 label on a constant and the columns, from the rows in `train`: the weights, constant first. */
tapehead.compute.leastSquares = (columns, labels, train) => {
  const row = (k) => [1, ...columns.map((column) => column[k])], size = columns.length + 1;
  const A = Array.from({ length: size }, () => Array(size + 1).fill(0));
  for (const k of train) {
    const x = row(k);
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) A[i][j] += x[i] * x[j];
      A[i][size] += x[i] * labels[k];
    }
  }
  for (let i = 0; i < size; i += 1) { // elimination with the largest pivot
    const best = A.slice(i).reduce((most, line, k) => Math.abs(line[i]) > Math.abs(A[i + most][i]) ? k : most, 0) + i;
    [A[i], A[best]] = [A[best], A[i]];
    if (Math.abs(A[i][i]) < 1e-12) return null;
    for (let r = 0; r < size; r += 1) if (r !== i) {
      const factor = A[r][i] / A[i][i];
      for (let c = i; c <= size; c += 1) A[r][c] -= factor * A[i][c];
    }
  }
  return A.map((line, i) => line[size] / line[i]);
};

/** Scores by `folds` folds of chance, each judged by weights that never saw it; 1 fold: graded on itself. */
tapehead.compute.foldScores = (columns, labels, folds, seed) => {
  const many = labels.length, order = kit.order(many, seed), all = Array.from({ length: many }, (_, k) => k);
  const scores = Array(many).fill(0);
  for (let fold = 0; fold < folds; fold += 1) {
    const held = folds === 1 ? all : order.filter((_, place) => place % folds === fold), out = new Set(folds === 1 ? [] : held);
    const weights = tapehead.compute.leastSquares(columns, labels, all.filter((k) => !out.has(k)));
    for (const k of held) scores[k] = weights ? weights[0] + columns.reduce((sum, column, c) => sum + weights[c + 1] * column[k], 0) : .5;
  }
  return scores;
};

/** The curve of all thresholds, from none called linked to all, and the area below it (ties by their middle). */
tapehead.compute.roc = (scores, labels) => {
  const order = scores.map((_, k) => k).sort((a, b) => scores[b] - scores[a]);
  const positives = labels.filter((each) => each > .5).length, negatives = labels.length - positives;
  const points = [[0, 0]], thresholds = [Infinity];
  let hits = 0, alarms = 0, area = 0;
  for (let k = 0; k < order.length;) {
    const here = scores[order[k]], before = [alarms, hits];
    while (k < order.length && scores[order[k]] === here) { if (labels[order[k]] > .5) hits += 1; else alarms += 1; k += 1; }
    area += (alarms - before[0]) * (hits + before[1]) / 2;
    points.push([alarms / negatives, hits / positives]);
    thresholds.push(here);
  }
  return { points, thresholds, area: area / positives / negatives, positives, negatives };
};

tapehead.toys.folds = (host, toy) => {
  const { x, y, linked } = toy.data, names = toy.options.names ?? ["first", "second"];
  const many = linked.values.length;
  const grades = [["1", "graded on itself"], ...[2, 5, 10, 20].map((k) => [String(k), `${k} folds`])];
  const knobs = kit.knobs({
    feature: { label: "measures", options: [["0", names[0]], ["1", names[1]], ["both", "both"]], value: "both" },
    folds: { label: "graded", options: grades, value: "10" },
    called: { label: "called friends", value: 50, low: 0, high: 100, told: (v) => `${v} % of the pairs` },
    seed: { label: "seed of the folds", value: 1, low: 1, high: 50 },
    shuffled: { label: "labels shuffled (control)", value: false },
  }, () => draw());
  const plane = kit.plane({ about: "the curve of all thresholds", x: [0, 1], y: [0, 1], names: ["false alarms", "hits"], wide: 420, high: 400 });
  const cloud = kit.plane({ about: "the pairs", x: [Math.min(...x.values), Math.max(...x.values)], y: [Math.min(...y.values), Math.max(...y.values)],
    names, wide: 420, high: 400 });
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const compute = () => {
    const { feature, folds, seed, shuffled, called } = knobs.values;
    const columns = feature === "both" ? [x.values, y.values] : [[x.values, y.values][Number(feature)]];
    const mixed = kit.order(many, 1000 + seed), labels = shuffled ? mixed.map((k) => linked.values[k]) : linked.values;
    const scores = tapehead.compute.foldScores(columns, labels, Number(folds), seed), curve = tapehead.compute.roc(scores, labels);
    const sorted = [...scores].sort((a, b) => b - a), place = Math.round(called / 100 * many);
    const threshold = place === 0 ? Infinity : sorted[place - 1];
    const said = scores.map((score) => score >= threshold);
    const hits = said.filter((yes, k) => yes && labels[k] > .5).length, alarms = said.filter((yes, k) => yes && labels[k] < .5).length;
    return { labels, scores, curve, threshold, said, hits, alarms, area: curve.area, right: (hits + curve.negatives - alarms) / many };
  };
  const draw = () => {
    const found = compute(), { curve } = found, range = kit.wilson(Math.round(found.right * many), many);
    const at = (point) => [plane.px(point[0]), plane.py(point[1])];
    plane.layer.replaceChildren(kit.line(at([0, 0]), at([1, 1]), "var(--soft)", 1.5, "5 4"), kit.curve(curve.points.map(at), "var(--nap)"),
      kit.dot(...at([found.alarms / curve.negatives, found.hits / curve.positives]), "var(--ink)", 7));
    cloud.layer.replaceChildren(...x.values.map((v, k) => kit.dot(cloud.px(v), cloud.py(y.values[k]), found.labels[k] > .5 ? "var(--nap)" : "var(--ear)", 3.2,
      { opacity: found.said[k] ? 1 : .3 })));
    kit.fill(table, [["area below the curve", kit.number(found.area)], ["right", `${kit.percent(found.right)} of ${many} (95 %: ${kit.percent(range[0])} to ${kit.percent(range[1])})`],
      ["friends found", `${found.hits} of ${curve.positives}`], ["strangers called friends", `${found.alarms} of ${curve.negatives}`]]);
    says.textContent = `${knobs.values.shuffled ? "With shuffled labels" : "Here"} a friend has the higher score than a stranger in ${kit.percent(found.area)} of all pairs of the two.` +
      " A straight fence by least squares, computed here; the film's machines are others.";
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, plane.svg, kit.el("figcaption", {}, "Each point of the curve is a threshold; the dashed line is guessing.")),
    kit.el("figure", {}, cloud.svg, kit.el("figcaption", {}, "Friends are orange, strangers blue; those that are called friends stand out."))), knobs.node, table, says, kit.source(x, y, linked));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); draw(); },
    rows: () => {
      const { curve } = compute();
      return [["threshold", "false alarms", "hits"], ...curve.points.map((point, k) => [curve.thresholds[k], ...point])];
    },
    pictures: () => [plane.svg, cloud.svg],
    now: () => { const { area, right, hits, alarms, threshold } = compute(); return { area, right, hits, alarms, threshold }; },
  };
};
