// A GPT-2 of four layers that runs here: the forward pass of analysis/language/models/forward.py and the mean ablation of
// analysis/language/circuit/ablation.py, in doubles, on the very weights that the films use.

/** Half-precision numbers (IEEE 754 binary16, little-endian) as floats: exact. */
tapehead.compute.halves = (bytes, start, end) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start), made = new Float32Array((end - start) / 2);
  for (let k = 0; k < made.length; k += 1) {
    const bits = view.getUint16(2 * k, true), sign = bits >> 15 ? -1 : 1, power = (bits >> 10) & 31, rest = bits & 1023;
    made[k] = power === 0 ? sign * rest * 2 ** -24 : power === 31 ? (rest ? NaN : sign * Infinity)
      : sign * (1 + rest / 1024) * 2 ** (power - 15);
  }
  return made;
};

/** The network: `run` gives the stream at the last position, `means` what every component writes on average. */
tapehead.compute.network = (told) => {
  const text = atob(told.weights), bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  const head = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const table = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + head)));
  const get = (name) => {
    const one = table[`transformer.${name}`];
    if (!one || one.dtype !== "F16") throw new Error(`the weights hold no half-precision ${name}`);
    return tapehead.compute.halves(bytes, 8 + head + one.data_offsets[0], 8 + head + one.data_offsets[1]);
  };
  const D = told.width, H = told.heads, L = told.layers, d = D / H, eps = told.epsilon;
  const words = get("wte.weight"), places = get("wpe.weight");
  const final = [get("ln_f.weight"), get("ln_f.bias")];
  const blocks = Array.from({ length: L }, (_, l) => {
    const own = (name) => get(`h.${l}.${name}`);
    return { ln1: [own("ln_1.weight"), own("ln_1.bias")], ln2: [own("ln_2.weight"), own("ln_2.bias")],
      qkv: own("attn.c_attn.weight"), qkvBias: own("attn.c_attn.bias"), out: own("attn.c_proj.weight"),
      outBias: own("attn.c_proj.bias"), fc: own("mlp.c_fc.weight"), fcBias: own("mlp.c_fc.bias"),
      proj: own("mlp.c_proj.weight"), projBias: own("mlp.c_proj.bias") };
  });

  const norm = (x, at, [weight, bias], to) => {
    let mean = 0, spread = 0;
    for (let k = 0; k < D; k += 1) mean += x[at + k];
    mean /= D;
    for (let k = 0; k < D; k += 1) spread += (x[at + k] - mean) ** 2;
    const scale = 1 / Math.sqrt(spread / D + eps);
    for (let k = 0; k < D; k += 1) to[k] = (x[at + k] - mean) * scale * weight[k] + bias[k];
  };
  /** to += from @ W, rows of W being inputs. */
  const add = (from, many, W, wide, to, at) => {
    for (let i = 0; i < many; i += 1) {
      const value = from[i], row = i * wide;
      if (value) for (let o = 0; o < wide; o += 1) to[at + o] += value * W[row + o];
    }
  };
  const gelu = (x) => .5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + .044715 * x ** 3)));

  const embed = (tokens) => {
    const x = new Float64Array(tokens.length * D);
    tokens.forEach((token, p) => { for (let k = 0; k < D; k += 1) x[p * D + k] = words[token * D + k] + places[p * D + k]; });
    return x;
  };
  /** What the heads of a layer read out, (P, H, d): their outputs before the output matrix. */
  const read = (l, x, P) => {
    const block = blocks[l], qkv = new Float64Array(P * 3 * D), n = new Float64Array(D), z = new Float64Array(P * D);
    for (let p = 0; p < P; p += 1) {
      qkv.set(block.qkvBias, p * 3 * D);
      norm(x, p * D, block.ln1, n);
      add(n, D, block.qkv, 3 * D, qkv, p * 3 * D);
    }
    const weight = new Float64Array(P);
    for (let h = 0; h < H; h += 1) for (let p = 0; p < P; p += 1) {
      let most = -Infinity, sum = 0;
      for (let s = 0; s <= p; s += 1) {
        let dot = 0;
        for (let k = 0; k < d; k += 1) dot += qkv[p * 3 * D + h * d + k] * qkv[s * 3 * D + D + h * d + k];
        weight[s] = dot / Math.sqrt(d);
        most = Math.max(most, weight[s]);
      }
      for (let s = 0; s <= p; s += 1) { weight[s] = Math.exp(weight[s] - most); sum += weight[s]; }
      for (let s = 0; s <= p; s += 1) for (let k = 0; k < d; k += 1)
        z[p * D + h * d + k] += weight[s] / sum * qkv[s * 3 * D + 2 * D + h * d + k];
    }
    return z;
  };
  /** What the MLP of a layer adds, (P, D). */
  const mlp = (l, x, P) => {
    const block = blocks[l], wide = block.fcBias.length, n = new Float64Array(D), made = new Float64Array(P * D);
    const hidden = new Float64Array(wide);
    for (let p = 0; p < P; p += 1) {
      hidden.set(block.fcBias);
      norm(x, p * D, block.ln2, n);
      add(n, D, block.fc, wide, hidden, 0);
      for (let k = 0; k < wide; k += 1) hidden[k] = gelu(hidden[k]);
      made.set(block.projBias, p * D);
      add(hidden, wide, block.proj, D, made, p * D);
    }
    return made;
  };
  /** The stream after a layer in which only what `circuit` names is live; the rest is its mean at each position. */
  const through = (l, x, P, circuit, means) => {
    const z = circuit.heads[l].some(Boolean) ? read(l, x, P) : new Float64Array(P * D), y = x.slice();
    if (means) for (let h = 0; h < H; h += 1) if (!circuit.heads[l][h])
      for (let p = 0; p < P; p += 1) for (let k = 0; k < d; k += 1) z[p * D + h * d + k] = means.z[l][p * D + h * d + k];
    const block = blocks[l];
    for (let p = 0; p < P; p += 1) {
      for (let k = 0; k < D; k += 1) y[p * D + k] += block.outBias[k];
      add(z.subarray(p * D, p * D + D), D, block.out, D, y, p * D);
    }
    const added = circuit.mlps[l] ? mlp(l, y, P) : means.mlp[l];
    for (let k = 0; k < y.length; k += 1) y[k] += added[k];
    return { y, z, added };
  };
  const full = { heads: Array.from({ length: L }, () => Array(H).fill(true)), mlps: Array(L).fill(true) };

  return {
    full,
    /** Means over prompts of equal length. */
    means(prompts) {
      const P = prompts[0].length, z = [], mlps = [];
      for (let l = 0; l < L; l += 1) { z.push(new Float64Array(P * D)); mlps.push(new Float64Array(P * D)); }
      for (const tokens of prompts) {
        let x = embed(tokens);
        for (let l = 0; l < L; l += 1) {
          const found = through(l, x, P, full, null);
          for (let k = 0; k < P * D; k += 1) { z[l][k] += found.z[k] / prompts.length; mlps[l][k] += found.added[k] / prompts.length; }
          x = found.y;
        }
      }
      return { z, mlp: mlps };
    },
    /** Final stream at the last position, normed; streams of layers that a switch did not touch are taken from `kept`. */
    run(tokens, circuit, means, kept = new Map()) {
      const P = tokens.length;
      let x = embed(tokens), key = "";
      for (let l = 0; l < L; l += 1) {
        key += JSON.stringify([circuit.heads[l], circuit.mlps[l]]);
        const there = kept.get(l);
        if (there?.key === key) { x = there.x; continue; }
        x = through(l, x, P, circuit, means).y;
        kept.set(l, { key, x });
      }
      const last = new Float64Array(D);
      norm(x, (P - 1) * D, final, last);
      return last;
    },
    /** Logit of one word, or of all of them. */
    logit(last, word) { let sum = 0; for (let k = 0; k < D; k += 1) sum += last[k] * words[word * D + k]; return sum; },
    logits(last) { return told.words.map((_, word) => this.logit(last, word)); },
  };
};

tapehead.toys.network = (host, toy) => {
  const told = toy.network, kinds = Object.keys(told.tasks), L = told.layers, H = told.heads;
  const state = { kind: kinds[0], prompt: 0, heads: Array.from({ length: L }, () => Array(H).fill(true)), mlps: Array(L).fill(true) };
  const off = () => state.heads.flat().filter((on) => !on).length + state.mlps.filter((on) => !on).length;
  let network = null, round = 0, score = null, waiting = Promise.resolve();
  const ready = {};
  const pause = () => new Promise((done) => { setTimeout(done); });

  // The network is unpacked when somebody first looks at it, and means of a kind when a part is first switched off.
  const open = () => { network ??= tapehead.compute.network(told); return network; };
  const prepared = (kind) => {
    const net = open(), task = told.tasks[kind];
    ready[kind] ??= { means: net.means(task.corrupted), kept: task.tokens.map(() => new Map()), full: null };
    return ready[kind];
  };
  const differences = async (circuit, mine, kept) => {
    const net = open(), task = told.tasks[state.kind], ours = prepared(state.kind), found = [];
    for (let k = 0; k < task.tokens.length; k += 1) {
      const last = net.run(task.tokens[k], circuit, ours.means, kept ? ours.kept[k] : new Map());
      found.push(net.logit(last, task.answers[k]) - net.logit(last, task.wrong[k]));
      if (k % 4 === 3) await pause();
      if (mine !== round) return null;
    }
    return found;
  };
  const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const scoreOf = async (circuit, mine, kept = true) => {
    const ours = prepared(state.kind);
    if (ours.full === null) {
      const found = await differences(open().full, mine, false);
      if (found === null) return null;
      ours.full = mean(found);
    }
    const found = await differences(circuit, mine, kept);
    return found === null ? null : 100 * mean(found) / ours.full;
  };

  const meter = kit.svg("svg", { viewBox: "0 0 640 92", role: "img" });
  const says = kit.el("p", { class: "says", role: "status" });
  const next = kit.el("table"), sentence = kit.el("p", { class: "prompt" });
  let rivals = [];
  const drawMeter = () => {
    const px = (v) => 20 + (Math.max(-25, Math.min(125, v)) + 25) / 150 * 600;
    meter.replaceChildren(kit.svg("rect", { x: px(-25), y: 22, width: 600, height: 26, fill: "var(--faint)" }),
      ...(score === null ? [] : [kit.svg("rect", { x: Math.min(px(0), px(score)), y: 22, width: Math.abs(px(score) - px(0)), height: 26,
        fill: score < 0 ? "var(--cool)" : "var(--warm)" })]),
      ...[-25, 0, 25, 50, 75, 100, 125].flatMap((tick) => [kit.svg("line", { x1: px(tick), x2: px(tick), y1: 18, y2: 52,
        stroke: "var(--ink)", "stroke-width": tick % 100 ? .6 : 2 }), kit.svg("text", { class: "soft", x: px(tick), y: 70, "text-anchor": "middle" }, `${tick}`)]),
      ...rivals.map((each) => kit.svg("circle", { cx: px(each), cy: 35, r: 5, fill: "var(--ground)", stroke: "var(--ink)", "stroke-width": 2 })),
      kit.svg("text", { x: 20, y: 13 }, "what is left of the lead of the right word, in % of the whole network"),
      ...(rivals.length ? [kit.svg("text", { class: "soft", x: 620, y: 88, "text-anchor": "end" }, "circles: as many parts off, chosen at random")] : []));
    meter.setAttribute("aria-label", score === null ? "not computed yet" : `${kit.number(score, 3)} % is left`);
  };
  const buttons = kit.el("div", { class: "heads", style: { "grid-template-columns": `auto repeat(${H + 1}, 1fr)` } });
  const drawButtons = () => {
    const focused = document.activeElement?.dataset?.part;
    buttons.replaceChildren(...Array.from({ length: L }, (_, k) => L - 1 - k).flatMap((l) => [
      kit.el("span", {}, `layer ${l}`),
      ...state.heads[l].map((on, h) => kit.el("button", { type: "button", "aria-pressed": String(on), "data-part": `${l}.${h}`,
        "aria-label": `head ${l}.${h}`, click: () => { state.heads[l][h] = !state.heads[l][h]; changed(); } }, `${l}.${h}`)),
      kit.el("button", { type: "button", "aria-pressed": String(state.mlps[l]), "data-part": `m${l}`, "aria-label": `MLP ${l}`,
        click: () => { state.mlps[l] = !state.mlps[l]; changed(); } }, `MLP ${l}`)]));
    if (focused) buttons.querySelector(`[data-part="${focused}"]`)?.focus();
  };
  const drawPrompt = () => {
    const net = open(), task = told.tasks[state.kind], tokens = task.tokens[state.prompt];
    const means = off() ? prepared(state.kind).means : null;
    const values = net.logits(net.run(tokens, state, means));
    const most = Math.max(...values), sum = values.reduce((total, each) => total + Math.exp(each - most), 0);
    const best = values.map((value, word) => [Math.exp(value - most) / sum, word]).sort((a, b) => b[0] - a[0]).slice(0, 5);
    sentence.textContent = `${task.texts[state.prompt]} …`;
    next.replaceChildren(kit.el("tbody", {}, best.map(([share, word]) => kit.el("tr", {},
      kit.el("th", { scope: "row" }, told.words[word] + (word === task.answers[state.prompt] ? " (right)" : word === task.wrong[state.prompt] ? " (shown last)" : "")),
      kit.el("td", {}, `${kit.number(100 * share, 3)} %`)))));
  };
  const changed = () => {
    const mine = round += 1;
    rivals = [];
    drawButtons();
    waiting = (async () => {
      says.textContent = "computing …";
      await pause();
      drawPrompt();
      const found = await scoreOf(state, mine);
      if (found === null || mine !== round) return;
      score = found;
      const n = told.tasks[state.kind].tokens.length;
      says.textContent = `${off() || "No"} part${off() === 1 ? "" : "s"} off: ${kit.number(score, 3)} % is left, on ${n} prompts. ` +
        "A part that is off says at every place what it says there on average over lists that lead nowhere.";
      drawMeter();
    })();
  };
  const random = () => {
    const mine = round += 1;
    rivals = [];
    waiting = (async () => {
      says.textContent = "as many parts, chosen at random …";
      // A generator of its own, so that the same choice has the same rivals (mulberry32, public domain).
      let seed = 1;
      const roll = () => { seed = (seed + 0x6D2B79F5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32; };
      const heads = state.heads.flat().filter((on) => !on).length, mlps = state.mlps.filter((on) => !on).length;
      const some = (many, of) => { const all = Array.from({ length: of }, (_, k) => k), made = new Set();
        while (made.size < many) made.add(all.splice(Math.floor(roll() * all.length), 1)[0]); return made; };
      for (let draw = 0; draw < 8; draw += 1) {
        const without = some(heads, L * H), still = some(mlps, L);
        const circuit = { heads: state.heads.map((row, l) => row.map((_, h) => !without.has(l * H + h))), mlps: state.mlps.map((_, l) => !still.has(l)) };
        const found = await scoreOf(circuit, mine, false);
        if (found === null) return;
        rivals.push(found);
        drawMeter();
      }
      const sorted = [...rivals].sort((a, b) => a - b);
      says.textContent = `Yours: ${kit.number(score, 3)} %. ${rivals.length} random choices of as many parts: ${sorted.map((each) => kit.number(each, 3)).join(", ")} %.`;
    })();
  };
  const put = (heads, mlps) => { state.heads = heads; state.mlps = mlps; changed(); };
  const all = kit.button("all on", () => put(state.heads.map((row) => row.map(() => true)), state.mlps.map(() => true)));
  const circuit = toy.data.heads && toy.data.mlps ? kit.button("only the film's circuit", () => {
    const at = kit.labels(toy.data.heads, "task").indexOf(state.kind);
    if (at < 0) return;
    put(state.heads.map((row, l) => row.map((_, h) => Boolean(kit.at(toy.data.heads, { task: at, layer: l, head: h })))),
      state.mlps.map((_, l) => Boolean(kit.at(toy.data.mlps, { task: at, layer: l }))));
  }) : null;
  const kindChoice = kit.select("list", kinds.map((kind) => [kind, kind]), state.kind, (to) => { state.kind = to; state.prompt = 0; prompts(); changed(); });
  const promptKnob = kit.el("span");
  let promptChoice = null;
  const prompts = () => {
    promptChoice = kit.select("sentence", told.tasks[state.kind].texts.map((text, k) => [String(k), text.length > 46 ? `${text.slice(0, 44)} …` : text]),
      String(state.prompt), (to) => { state.prompt = Number(to); drawPrompt(); });
    promptKnob.replaceChildren(promptChoice.node);
  };
  prompts();
  drawButtons();
  drawMeter();
  host.append(kit.el("div", { class: "knobs" }, kindChoice.node, promptKnob), sentence,
    kit.el("div", { class: "panels" }, kit.el("figure", {}, buttons, kit.el("figcaption", {}, "Press a head or an MLP to switch it off.")), kit.el("figure", {}, next,
      kit.el("figcaption", {}, "What the network says next."))),
    meter, says, kit.el("div", { class: "knobs" }, all, circuit, kit.button("as many at random (control)", random)),
    kit.el("p", { class: "export" }, `${told.name} (${told.digest}), weights as the film has them, computed here in double precision`),
    ...(toy.data.heads ? [kit.source(toy.data.heads)] : []));
  const seen = new IntersectionObserver((entries) => { if (entries.some((each) => each.isIntersecting)) { seen.disconnect(); if (!round) changed(); } });
  seen.observe(host);
  return {
    state: () => ({ kind: state.kind, prompt: state.prompt, heads: state.heads.map((row) => row.map(Number).join("")).join("."), mlps: state.mlps.map(Number).join("") }),
    restore: (from) => {
      if (kinds.includes(from.kind)) { state.kind = from.kind; kindChoice.set(from.kind); }
      const at = Number(from.prompt);
      state.prompt = Number.isInteger(at) && told.tasks[state.kind].texts[at] ? at : 0;
      prompts();
      const rows = String(from.heads ?? "").split(".");
      if (rows.length === L && rows.every((row) => row.length === H && /^[01]+$/.test(row)) && new RegExp(`^[01]{${L}}$`).test(from.mlps ?? ""))
        put(rows.map((row) => [...row].map((each) => each === "1")), [...from.mlps].map((each) => each === "1"));
      else changed();
    },
    compared: () => [["", "left in %"], ["this choice", score]],
    rows: () => [["part", "on"], ...state.heads.flatMap((row, l) => row.map((on, h) => [`head ${l}.${h}`, Number(on)])),
      ...state.mlps.map((on, l) => [`MLP ${l}`, Number(on)]), ["left in %", score], ...rivals.map((each) => ["random choice, left in %", each])],
    pictures: () => [meter],
    now: async () => { await waiting; return { score, rivals }; },
    network: open,
    means: (kind) => prepared(kind).means,
  };
};
