// Parts that toys are put together from: knobs that remember themselves, a plane with axes, points to take hold of,
// pictures, tables, and chance that falls the same way for everybody.
Object.assign(kit, {
  colours: ["var(--nap)", "var(--ear)", "var(--luck)", "var(--nose)", "var(--link)"],

  /** Numbers from 0 to 1 of a seed (mulberry32): the same ones wherever they are drawn. */
  random(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  },

  /** The numbers below `many` in an order of chance (Fisher and Yates). */
  order(many, seed) {
    const draw = kit.random(seed), made = Array.from({ length: many }, (_, k) => k);
    for (let k = many - 1; k > 0; k -= 1) {
      const other = Math.floor(draw() * (k + 1));
      [made[k], made[other]] = [made[other], made[k]];
    }
    return made;
  },

  /** 95 % interval of a share (Wilson 1927). */
  wilson(count, many) {
    const z = 1.959963984540054, share = count / many, below = 1 + z * z / many;
    const middle = (share + z * z / (2 * many)) / below;
    const half = z / below * Math.sqrt(share * (1 - share) / many + z * z / (4 * many * many));
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  },

  percent(share, digits = 3) { return `${kit.number(100 * share, digits)} %`; },

  /** Where a list of choices has to be: names of an axis with their places. */
  places(quantity, axis) { return kit.labels(quantity, axis).map((label, k) => [String(k), label]); },

  /** Knobs by name: `options` make a select, true and false a switch, anything else a slider. */
  knobs(spec, changed) {
    const values = {}, parts = {};
    const sort = (one) => one.options ? "select" : typeof one.value === "boolean" ? "check" : "slider";
    for (const [name, one] of Object.entries(spec)) {
      values[name] = one.options ? String(one.value) : one.value;
      const put = (to) => { values[name] = to; changed(name); };
      parts[name] = {
        select: () => kit.select(one.label, one.options, values[name], put),
        check: () => kit.check(one.label, one.value, put),
        slider: () => kit.slider(one.label, one.low, one.high, one.step ?? 1, one.value, put, one.told),
      }[sort(one)]();
    }
    const set = (name, to) => { values[name] = to; parts[name].set(to); };
    return {
      values, set, node: kit.el("div", { class: "knobs" }, Object.values(parts).map((part) => part.node)),
      state: () => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === true ? 1 : value === false ? 0 : value])),
      /** What an address says, as far as a knob can be put there. */
      restore: (from) => {
        for (const [name, one] of Object.entries(spec)) {
          if (from[name] === undefined) continue;
          const said = String(from[name]), number = Number(said);
          if (sort(one) === "check") set(name, said === "1");
          else if (sort(one) === "select") { if (one.options.some(([key]) => key === said)) set(name, said); }
          else if (said !== "" && Number.isFinite(number)) {
            const step = one.step ?? 1, near = one.low + Math.round((number - one.low) / step) * step;
            set(name, Number(Math.max(one.low, Math.min(one.high, near)).toPrecision(12)));
          }
        }
      },
    };
  },

  /** A plane with axes: `x` and `y` are [from, to], on a scale of powers where `log` says so; `bare` has
   *  no ticks along. */
  plane({ about, x, y, names, wide = 640, high = 340, log = "", square = false, bare = false }) {
    const edge = { left: 58, right: 14, top: 24, bottom: 44 };
    const svg = kit.svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "group", "aria-label": about });
    const ground = kit.svg("g"), layer = kit.svg("g"), range = { x, y };
    const scale = (axis) => log.includes(axis) ? Math.log10 : (v) => v;
    const share = (axis, v) => {
      const [low, top] = range[axis].map(scale(axis));
      return (scale(axis)(v) - low) / (top - low);
    };
    const px = (v) => edge.left + share("x", v) * (wide - edge.left - edge.right);
    const py = (v) => high - edge.bottom - share("y", v) * (high - edge.top - edge.bottom);
    const axes = (nextX = range.x, nextY = range.y) => {
      Object.assign(range, { x: nextX, y: nextY });
      ground.replaceChildren();
      for (const tick of kit.ticks(range.y, square ? 8 : 5, log.includes("y"))) ground.append(
        kit.svg("line", { x1: edge.left, x2: wide - edge.right, y1: py(tick), y2: py(tick), stroke: "var(--faint)",
          "stroke-width": Math.abs(tick) < 1e-12 ? 2.5 : 1 }),
        kit.svg("text", { class: "soft", x: edge.left - 8, y: py(tick) + 4, "text-anchor": "end" }, kit.mark(tick)));
      for (const tick of bare ? [] : kit.ticks(range.x, square ? 8 : 7, log.includes("x"))) ground.append(
        kit.svg("line", { x1: px(tick), x2: px(tick), y1: edge.top, y2: high - edge.bottom, stroke: "var(--faint)",
          "stroke-width": Math.abs(tick) < 1e-12 ? 2.5 : 1 }),
        kit.svg("text", { class: "soft", x: px(tick), y: high - edge.bottom + 18,
          "text-anchor": px(tick) > wide - edge.right - 20 ? "end" : "middle" }, kit.mark(tick)));
      ground.append(kit.svg("text", { x: wide - edge.right, y: high - 6, "text-anchor": "end" }, names[0]),
        kit.svg("text", { x: 6, y: 15 }, names[1]));
    };
    axes();
    svg.append(ground, layer);
    return { svg, layer, px, py, axes, range, wide,
      /** Where in the plane a pointer is. */
      at: (event) => {
        const box = svg.getBoundingClientRect();
        const part = { x: ((event.clientX - box.left) / box.width * wide - edge.left) / (wide - edge.left - edge.right),
          y: (high - edge.bottom - (event.clientY - box.top) / box.height * high) / (high - edge.top - edge.bottom) };
        return ["x", "y"].map((axis) => {
          const [low, top] = range[axis].map(scale(axis)), here = low + part[axis] * (top - low);
          return log.includes(axis) ? 10 ** here : here;
        });
      } };
  },

  ticks([low, top], many, log = false) {
    if (log) return Array.from({ length: 40 }, (_, k) => 10 ** (k - 20)).filter((tick) => tick >= low * .999 && tick <= top * 1.001);
    const raw = (top - low) / many, base = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((each) => each * base).find((each) => each >= raw * .999);
    return Array.from({ length: 60 }, (_, k) => Math.ceil(low / step - 1e-9) * step + k * step).filter((tick) => tick <= top + step * 1e-6);
  },

  /** A point of a plane to take hold of, by pointer or arrow keys; it stays, so that the keyboard keeps its place. */
  handle(plane, { name, colour, get, put, step, told, radius = 9 }) {
    const node = kit.svg("circle", { class: "handle", r: radius, fill: colour, stroke: "var(--ground)", "stroke-width": 2,
      tabindex: 0, role: "slider", "aria-label": `${name}: arrow keys move it`, "aria-valuemin": plane.range.x[0], "aria-valuemax": plane.range.x[1],
      pointerdown: (event) => { node.setPointerCapture(event.pointerId); event.preventDefault(); node.focus(); },
      pointermove: (event) => { if (node.hasPointerCapture(event.pointerId)) put(plane.at(event)); },
      keydown: (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (!way) return;
        event.preventDefault();
        put(get().map((each, k) => each + (event.shiftKey ? 10 : 1) * step * way[k]), way);
      } });
    const label = kit.svg("text", { "pointer-events": "none", "font-weight": "bold" }, name);
    plane.svg.append(node, label);
    return () => {
      const [x, y] = get();
      kit.set(node, { cx: plane.px(x), cy: plane.py(y), "aria-valuenow": x, "aria-valuetext": told() });
      const late = plane.px(x) > .8 * plane.wide; // a name stays inside
      kit.set(label, { x: plane.px(x) + (late ? -12 : 12), y: plane.py(y) - 9, "text-anchor": late ? "end" : "start" });
    };
  },

  line(from, to, colour, width = 2, dash = "") {
    return kit.svg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
  },

  curve(points, colour, width = 2.6, dash = "") {
    return kit.svg("polyline", { fill: "none", stroke: colour, "stroke-width": width, "stroke-dasharray": dash,
      points: points.map((point) => point.join(",")).join(" ") });
  },

  dot(x, y, colour, radius = 4, more = {}) { return kit.svg("circle", { cx: x, cy: y, r: radius, fill: colour, ...more }); },

  /** How many of a list fall into each of `many` equal bins from `low` to `top`; the last bin has its end. */
  bins(list, low, top, many) {
    const made = Array(many).fill(0);
    for (const value of list) if (value >= low && value <= top) made[Math.min(many - 1, Math.floor((value - low) / (top - low) * many))] += 1;
    return made;
  },

  /** A picture of numbers that was packed as it is, in a drawing. */
  image(data, x, y, size, about) {
    return kit.svg("image", { href: `data:image/webp;base64,${data}`, x, y, width: size, height: size, role: "img",
      "aria-label": about, style: { "image-rendering": "pixelated" } });
  },

  /** Rows of a table: the first cell names the row, the first row the columns where `head` says so. */
  fill(table, rows, head = false) {
    const row = (cells, names) => kit.el("tr", {}, cells.map((cell, k) => names || k === 0
      ? kit.el("th", { scope: names ? "col" : "row" }, cell) : kit.el("td", {}, cell)));
    table.replaceChildren(...(head ? [kit.el("thead", {}, row(rows[0], true))] : []),
      kit.el("tbody", {}, rows.slice(head ? 1 : 0).map((cells) => row(cells, false))));
  },
});
