// Two arrows: the shadow of one on the other, and what is left of it when the shadow is taken away.

tapehead.compute.project = (edit, protect) => {
  const dot = edit[0] * protect[0] + edit[1] * protect[1], length = Math.hypot(...protect), own = Math.hypot(...edit);
  const part = length ? dot / length ** 2 : 0, foot = protect.map((v) => part * v), left = edit.map((v, k) => v - foot[k]);
  const cosine = length && own ? dot / length / own : 0;
  return { dot, cosine, angle: Math.acos(Math.max(-1, Math.min(1, cosine))) * 180 / Math.PI, shadow: length ? dot / length : 0, foot, left,
    left_dot: left[0] * protect[0] + left[1] * protect[1], kept: own ? 100 * (left[0] ** 2 + left[1] ** 2) / own ** 2 : 0 };
};

tapehead.toys.projection = (host, toy) => {
  const { edit: first, protect: second } = toy.data, axis = first.axes[0], names = kit.labels(first, axis);
  const sorted = toy.data.null ? toy.data.null.values : [], limit = 3;
  const said = { edit: toy.options.edit ?? "pushed", protect: toy.options.protect ?? "protected" };
  let edit = [...first.values], protect = [...second.values];
  const clamp = (v) => v.map((each) => Math.round(Math.max(-limit, Math.min(limit, each)) * 20) / 20);
  const sliders = [["edit", 0], ["edit", 1], ["protect", 0], ["protect", 1]].map(([which, k]) => kit.slider(`${said[which]}: ${names[k]}`, -limit, limit, .05,
    (which === "edit" ? edit : protect)[k], (to) => { (which === "edit" ? edit : protect)[k] = to; draw(); }));
  const taken = kit.check("take the shadow away", true, (to) => { away = to; draw(); });
  let away = true;
  const plane = kit.plane({ about: "two arrows: drag them", x: [-limit, limit], y: [-limit, limit], names, wide: 460, high: 460, square: true });
  const hold = [
    kit.handle(plane, { name: said.edit, colour: "var(--nap)", step: .05, get: () => edit, put: (to) => { edit = clamp(to); draw(); }, told: () => edit.map((v) => kit.number(v)).join(", ") }),
    kit.handle(plane, { name: said.protect, colour: "var(--ear)", step: .05, get: () => protect, put: (to) => { protect = clamp(to); draw(); }, told: () => protect.map((v) => kit.number(v)).join(", ") }),
  ];
  const table = kit.el("table"), says = kit.el("p", { class: "says", role: "status" });
  const draw = () => {
    const found = tapehead.compute.project(edit, protect), at = (v) => [plane.px(v[0]), plane.py(v[1])], size = Math.hypot(...protect) || 1;
    const far = protect.map((v) => v / size * 4.5);
    plane.layer.replaceChildren(kit.line(at(far.map((v) => -v)), at(far), "var(--ear)", 1, "2 5"), kit.line(at(edit), at(found.foot), "var(--soft)", 2, "5 4"),
      kit.line(at([0, 0]), at(found.foot), "var(--soft)", 8), kit.line(at([0, 0]), at(edit), "var(--nap)", 3.5), kit.line(at([0, 0]), at(protect), "var(--ear)", 3.5),
      ...(away ? [kit.line(at([0, 0]), at(found.left), "var(--luck)", 4), kit.dot(...at(found.left), "var(--luck)", 6)] : []));
    hold.forEach((each) => each());
    [...edit, ...protect].forEach((v, k) => sliders[k].set(v));
    const less = sorted.filter((v) => Math.abs(v) <= Math.abs(found.cosine) + 1e-12).length;
    kit.fill(table, [["dot product", `${edit.map((v, k) => `${kit.number(v)} × ${kit.number(protect[k])}`).join(" + ")} = ${kit.number(found.dot)}`],
      ["angle", `${kit.number(found.angle)}°, cosine ${kit.number(found.cosine)}`], ["shadow", `${kit.number(found.shadow)} along "${said.protect}", times its length ${kit.number(Math.hypot(...protect))} = ${kit.number(found.shadow * Math.hypot(...protect))}`],
      ["left when it is taken away", `${found.left.map((v) => kit.number(v)).join(", ")}: its dot product is ${kit.number(Math.abs(found.left_dot) < 1e-9 ? 0 : found.left_dot)}`],
      ["kept of the arrow's square", `${kit.number(found.kept)} %`], ...(sorted.length ? [["arrows of chance that are no more entangled (control)", `${less} of ${sorted.length}`]] : [])]);
    const off = away ? found.left_dot : found.dot;
    says.textContent = Math.abs(off) < 1e-9 ? `A step along ${away ? "what is left" : `"${said.edit}"`} does not move "${said.protect}" at all.`
      : `A step along "${said.edit}" moves "${said.protect}" by ${kit.number(off)}.`;
  };
  const reset = kit.button("back to the film's", () => { edit = [...first.values]; protect = [...second.values]; draw(); });
  host.append(kit.el("div", { class: "panels" }, kit.el("figure", {}, plane.svg, kit.el("figcaption", {}, `Grey bar: the shadow. Green: what is left. Take hold of an arrow's end, or use the arrow keys.`)), kit.el("figure", {}, table, says)),
    kit.el("div", { class: "knobs" }, sliders.map((each) => each.node), taken.node, reset), kit.source(...Object.values(toy.data)));
  draw();
  return {
    state: () => ({ edit: edit.join(" "), protect: protect.join(" "), away: away ? 1 : 0 }),
    restore: (from) => {
      const read = (text) => { const found = String(text ?? "").split(" ").map(Number); return found.length === 2 && found.every(Number.isFinite) ? clamp(found) : null; };
      edit = read(from.edit) ?? edit;
      protect = read(from.protect) ?? protect;
      if (from.away !== undefined) { away = from.away === "1"; taken.set(away); }
      draw();
    },
    rows: () => [["", ...names], ["edit", ...edit], ["protect", ...protect], ["shadow", ...tapehead.compute.project(edit, protect).foot], ["left", ...tapehead.compute.project(edit, protect).left]],
    pictures: () => [plane.svg],
    now: () => tapehead.compute.project(edit, protect),
  };
};
