// A pattern of clues over a graph of things: every way to lay the one on the other.  `->` is one edge, `=>` a path.
// (analysis/graphs: patterns, matching; here by plain backtracking, which is enough for sixty nodes.)

/** Nodes and edges of a pattern that is written as text; throws a sentence where it is none. */
tapehead.compute.pattern = (text) => {
  const nodes = new Map(), edges = [];
  const word = String.raw`(?:"([^"]*)"|([^\s";:@#>=-](?:[^\s";:@#>=-]|-(?!>)|=(?!>))*))`;
  const node = new RegExp(String.raw`^\s*${word}(?:\s*([:@])\s*${word})?`);
  for (const statement of text.split(/[;\n]/)) {
    let rest = statement.replace(/#.*$/, "").trim(), before = null, arrow = null;
    while (rest) {
      const found = node.exec(rest);
      if (!found) throw new Error(`a pattern is clues as in  who -> home@Japan; found "${rest}"`);
      const name = found[1] ?? found[2], one = nodes.get(name) ?? { name, label: "", tied: "" };
      if (found[3]) one[found[3] === ":" ? "label" : "tied"] = found[4] ?? found[5];
      nodes.set(name, one);
      if (before !== null) edges.push([before, name, arrow]);
      rest = rest.slice(found[0].length).trim();
      const next = /^(->|=>)/.exec(rest);
      if (rest && !next) throw new Error(`between two names stands -> or =>; found "${rest}"`);
      if (next) { arrow = next[1]; rest = rest.slice(2).trim(); if (!rest) throw new Error(`an arrow leads somewhere; nothing follows "${statement.trim()}"`); }
      before = name;
    }
  }
  return { nodes: [...nodes.values()], edges };
};

/** All placements of a pattern, as lists of graph nodes in the order of its own; `apart`: no two on one thing. */
tapehead.compute.placements = (graph, pattern, apart, most = 20000) => {
  const n = graph.names.length, child = Array.from({ length: n }, () => new Set());
  graph.edges.forEach(([from, to]) => child[from].add(to));
  const reach = child.map((_, from) => {
    const seen = new Set(), waiting = [...child[from]];
    while (waiting.length) { const at = waiting.pop(); if (!seen.has(at)) { seen.add(at); waiting.push(...child[at]); } }
    return seen;
  });
  const at = new Map(pattern.nodes.map((one, k) => [one.name, k]));
  const edges = pattern.edges.map(([from, to, arrow]) => [at.get(from), at.get(to), arrow === "->" ? child : reach]);
  const options = pattern.nodes.map((one) => {
    if (one.label && !graph.labels.includes(one.label)) throw new Error(`nothing is called "${one.label}"; there are ${graph.labels.join(", ")}`);
    if (one.tied && !graph.names.includes(one.tied)) throw new Error(`the graph has no "${one.tied}"`);
    return Array.from({ length: n }, (_, k) => k).filter((k) => (!one.label || graph.labels[graph.label[k]] === one.label) && (!one.tied || graph.names[k] === one.tied));
  });
  const found = [], placed = Array(pattern.nodes.length).fill(-1);
  let steps = 0;
  const left = pattern.nodes.map((_, k) => k);
  // The next node is the one with the most edges to what is placed already, then the fewest options.
  const order = [];
  while (order.length < left.length) {
    const joined = (k) => edges.filter(([a, b]) => (a === k && order.includes(b)) || (b === k && order.includes(a))).length;
    order.push(left.filter((k) => !order.includes(k)).sort((a, b) => joined(b) - joined(a) || options[a].length - options[b].length)[0]);
  }
  const go = (depth) => {
    if (found.length >= most) return;
    if (depth === order.length) { found.push([...placed]); return; }
    const k = order[depth];
    for (const node of options[k]) {
      steps += 1;
      if (apart && placed.includes(node)) continue;
      placed[k] = node;
      if (edges.every(([a, b, way]) => (a !== k && b !== k) || placed[a] < 0 || placed[b] < 0 || way[placed[a]].has(placed[b]))) go(depth + 1);
      placed[k] = -1;
    }
  };
  if (order.length) go(0);
  return { found, steps, tried: options.reduce((product, list) => product * list.length, 1) };
};

tapehead.toys.matcher = (host, toy) => {
  const { edge, label } = toy.data, { names, labels, clues } = toy.facts, subject = toy.options.subject ?? "who";
  const graph = { names, labels, label: label.values, edges: Array.from({ length: edge.shape[0] }, (_, k) => edge.values.slice(2 * k, 2 * k + 2)) };
  const spec = Object.fromEntries(clues.map((clue, k) => [`clue${k}`, { label: clue, value: false }]));
  const presets = toy.options.patterns ?? [];
  if (presets.length) spec.preset = { label: "or a pattern of the film", options: [["", "–"], ...presets.map((text, k) => [String(k), text.length > 48 ? `${text.slice(0, 46)} …` : text])], value: "" };
  spec.apart = { label: "no two places on one thing (control)", value: false };
  const knobs = kit.knobs(spec, (name) => {
    if (name === "preset" && knobs.values.preset !== "") text.value = presets[Number(knobs.values.preset)];
    else if (name !== "apart") { text.value = [toy.options.first ?? subject, ...clues.filter((_, k) => knobs.values[`clue${k}`])].join("; "); if (presets.length) knobs.set("preset", ""); }
    draw();
  });
  const text = kit.el("input", { type: "text", spellcheck: "false", value: toy.options.first ?? subject, input: () => draw() });
  const left = kit.el("p", { class: "prompt" }), table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const drawn = kit.svg("svg", { role: "img" });
  const compute = () => {
    const pattern = tapehead.compute.pattern(text.value), ours = tapehead.compute.placements(graph, pattern, knobs.values.apart);
    const first = pattern.nodes.length ? [...new Set(ours.found.map((row) => row[0]))].sort((a, b) => a - b) : [];
    return { pattern, ...ours, first };
  };
  // Whoever is still writing has no pattern yet.
  const attempt = () => { try { return compute(); } catch (error) { return { error: error.message }; } };
  const draw = () => {
    const found = attempt();
    if (found.error) { says.textContent = found.error; left.replaceChildren(); table.replaceChildren(); drawn.replaceChildren(); return; }
    const lead = found.pattern.nodes[0]?.name ?? "";
    const alive = new Set(found.first), kind = new Set(found.pattern.nodes[0]?.label ? names.filter((_, k) => labels[label.values[k]] === found.pattern.nodes[0].label) : names);
    const shown = names.map((name, k) => [name, k]).filter(([name]) => kind.has(name)), across = 5, high = 24 * Math.ceil(shown.length / across) + 6;
    kit.set(drawn, { viewBox: `0 0 640 ${high}`, "aria-label": `${found.first.length} of ${shown.length} are left` });
    drawn.replaceChildren(...shown.flatMap(([name, k], place) => {
      const x = (place % across) * 128, y = Math.floor(place / across) * 24 + 2;
      return [kit.svg("rect", { x, y, width: 124, height: 20, rx: 4, fill: alive.has(k) ? "var(--mark)" : "none", stroke: "var(--faint)" }),
        kit.svg("text", { x: x + 62, y: y + 14, "text-anchor": "middle", style: alive.has(k) ? { fill: "var(--ground)" } : { opacity: .55 } }, name)];
    }));
    left.textContent = `${lead} can be: ${found.first.slice(0, 40).map((k) => names[k]).join(", ") || "nothing"}${found.first.length > 40 ? " …" : ""}`;
    kit.fill(table, [["things left for the first name", `${found.first.length}`], ["placements", `${found.found.length}`], ["steps of the search", `${found.steps}`], ["without looking at edges", kit.number(found.tried, 6)]]);
    says.textContent = `${found.found.length} placement${found.found.length === 1 ? "" : "s"}${knobs.values.apart ? " in which nobody stands for two" : ""}.`;
  };
  host.append(knobs.node, kit.el("label", { class: "wide" }, "the pattern ", text), drawn, left, table, says, kit.source(edge, label));
  draw();
  return {
    state: () => ({ ...knobs.state(), text: text.value }),
    restore: (from) => { knobs.restore(from); if (typeof from.text === "string") text.value = from.text.slice(0, 400); draw(); },
    rows: () => {
      const { pattern, found, error } = attempt();
      if (error) return [[text.value], [error]];
      return [pattern.nodes.map((one) => one.name), ...found.map((row) => row.map((k) => names[k]))];
    },
    pictures: () => [drawn],
    now: () => { const { found, first, steps, error } = attempt(); return error ? { error } : { placements: found.length, first: first.map((k) => names[k]), steps }; },
  };
};
