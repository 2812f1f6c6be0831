// A fence in the plane: turn it, push it, and count on which side everybody stands.

/** Shares, in %, of rows on the right side of w · x + b = 0; every other pair of rows was held out by the film. */
tapehead.compute.fence = (points, kinds, w, b) => {
  const counts = { learned: [0, 0], held: [0, 0] };
  kinds.forEach((kind, k) => {
    const score = w[0] * points[2 * k] + w[1] * points[2 * k + 1] + b, half = Math.floor(k / 2) % 2 ? "held" : "learned";
    counts[half][1] += 1;
    if ((score > 0) === (kind > .5)) counts[half][0] += 1;
  });
  return { learned: 100 * counts.learned[0] / counts.learned[1], held: 100 * counts.held[0] / counts.held[1], counts };
};

tapehead.toys.fence = (host, toy) => {
  const { x: points, kind, w: best, b } = toy.data, names = kit.labels(points, points.axes[1]), fits = kit.labels(best, best.axes[0]);
  const many = kind.values.length, called = toy.options.kinds ?? ["first", "second"];
  const knobs = kit.knobs({
    angle: { label: "the fence faces", value: 0, low: -180, high: 179, step: 1, told: (v) => `${v}°` },
    offset: { label: "its distance from zero", value: 0, low: -4, high: 4, step: .05 },
    film: { label: "put it where a machine put it", options: [["", "–"], ...fits.map((name, k) => [String(k), name])], value: "0" },
    shuffled: { label: "kinds shuffled (control)", value: false }, seed: { label: "seed of the shuffle", value: 1, low: 1, high: 50 },
  }, (name) => { if (name === "angle" || name === "offset") knobs.set("film", ""); if (name === "film" && knobs.values.film) put(); draw(); });
  const learnedFence = () => { const k = Number(knobs.values.film); return { w: best.values.slice(2 * k, 2 * k + 2), b: b.values[k] }; };
  const put = () => { const { w, b: offset } = learnedFence(); knobs.set("angle", Math.round(Math.atan2(w[1], w[0]) * 180 / Math.PI)); knobs.set("offset", Math.round(-offset / Math.hypot(...w) * 20) / 20); };
  put();
  // A machine's fence is counted as it is, and only drawn at the knobs' nearest place.
  const now = () => {
    if (knobs.values.film !== "") return learnedFence();
    const t = knobs.values.angle * Math.PI / 180;
    return { w: [Math.cos(t), Math.sin(t)], b: -knobs.values.offset };
  };
  const kinds = () => knobs.values.shuffled ? kit.order(many, knobs.values.seed).map((k) => kind.values[k]) : kind.values;
  const span = (k) => { const all = points.values.filter((_, i) => i % 2 === k); return [Math.min(...all), Math.max(...all)]; };
  const half = Math.max(...[0, 1].map((k) => span(k)[1] - span(k)[0])) * .58, middle = [0, 1].map((k) => (span(k)[0] + span(k)[1]) / 2);
  const plane = kit.plane({ about: "the animals and the fence: drag it, or its arrow", x: [middle[0] - half, middle[0] + half], y: [middle[1] - half, middle[1] + half], names, wide: 480, high: 480, square: true });
  const unit = () => { const { w, b: offset } = now(), size = Math.hypot(...w); return { n: w.map((v) => v / size), far: -offset / size }; };
  const foot = () => { const { n, far } = unit(), along = middle[0] * n[0] + middle[1] * n[1] - far; return middle.map((v, k) => v - along * n[k]); };
  const hold = [
    kit.handle(plane, { name: "fence", colour: "var(--ink)", step: .05, get: foot, put: (to) => { const { n } = unit(); knobs.set("film", ""); knobs.set("offset", Math.max(-4, Math.min(4, Math.round((to[0] * n[0] + to[1] * n[1]) * 20) / 20))); draw(); }, told: () => `distance ${kit.number(unit().far)}` }),
    kit.handle(plane, { name: "its arrow", colour: "var(--mark)", step: .05, radius: 7, get: () => { const { n } = unit(), at = foot(); return at.map((v, k) => v + n[k] * half * .35); },
      put: (to, way) => { const at = foot(), turn = way ? knobs.values.angle + (way[0] + way[1]) * 1 : Math.round(Math.atan2(to[1] - at[1], to[0] - at[0]) * 180 / Math.PI); knobs.set("film", ""); knobs.set("angle", ((turn + 540) % 360) - 180); draw(); }, told: () => `${knobs.values.angle}°` }),
  ];
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const draw = () => {
    const { w, b: offset } = now(), found = tapehead.compute.fence(points.values, kinds(), w, offset), { n } = unit(), at = foot(), far = half * 3;
    const place = (v) => [plane.px(v[0]), plane.py(v[1])];
    plane.layer.replaceChildren(...kinds().map((each, k) => kit.dot(plane.px(points.values[2 * k]), plane.py(points.values[2 * k + 1]), each > .5 ? "var(--nap)" : "var(--ear)", 5,
      Math.floor(k / 2) % 2 ? { "fill-opacity": .25, stroke: each > .5 ? "var(--nap)" : "var(--ear)", "stroke-width": 1.5 } : {})),
    kit.line(place([at[0] - n[1] * far, at[1] + n[0] * far]), place([at[0] + n[1] * far, at[1] - n[0] * far]), "var(--ink)", 2.5),
    kit.line(place(at), place(at.map((v, k) => v + n[k] * half * .35)), "var(--mark)", 3));
    hold.forEach((each) => each());
    const line = (name, [right, all]) => { const range = kit.wilson(right, all); return [name, `${right} of ${all}: ${kit.percent(right / all)} (95 %: ${kit.percent(range[0])} to ${kit.percent(range[1])})`]; };
    kit.fill(table, [line("learned from (filled)", found.counts.learned), line("held out (hollow)", found.counts.held)]);
    const second = kind.values.filter((each) => each > .5).length / many, common = Math.max(second, 1 - second);
    says.textContent = `${knobs.values.shuffled ? "With shuffled kinds" : "Here"} ${kit.number(found.held)} % of those held out stand on their side; always saying the commoner kind is right for ${kit.percent(common)}.`;
  };
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, plane.svg, kit.el("figcaption", {}, `Orange: ${called[1]}. Blue: ${called[0]}. The arrow points to the side of "${called[1]}".`)), kit.el("figure", {}, table, says)),
    knobs.node, kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: knobs.state,
    restore: (from) => { knobs.restore(from); if (knobs.values.film !== "") put(); draw(); },
    places: 2,
    rows: () => [[...names, "kind", "distance"], ...kinds().map((each, k) => { const { n, far } = unit(); return [points.values[2 * k], points.values[2 * k + 1], each, n[0] * points.values[2 * k] + n[1] * points.values[2 * k + 1] - far]; })],
    pictures: () => [plane.svg],
    now: () => { const { w, b: offset } = now(); return { w, b: offset, ...tapehead.compute.fence(points.values, kinds(), w, offset) }; },
  };
};
