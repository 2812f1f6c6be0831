"use strict";
// What all toys share.  Plain script without a library: it stands inside the page, is read by browsers as it is written
// here, and asks nobody for anything.
const tapehead = { toys: {}, compute: {} };
window.tapehead = tapehead;

const kit = {
  svgSpace: "http://www.w3.org/2000/svg",

  /** An element with attributes, and children that are text unless they are elements. */
  el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    kit.set(made, attributes);
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  },

  svg(name, attributes = {}, ...children) {
    const made = document.createElementNS(kit.svgSpace, name);
    kit.set(made, attributes);
    made.append(...children.flat());
    return made;
  },

  /** Attributes; functions are listeners, true is an attribute without value, style is set piece by piece. */
  set(one, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") one.addEventListener(name, value);
      else if (value === true) one.setAttribute(name, "");
      else if (value === false || value === null || value === undefined) one.removeAttribute(name);
      else if (name === "style") for (const [key, to] of Object.entries(value)) one.style.setProperty(key, to);
      else one.setAttribute(name, value);
    }
    return one;
  },

  /** Four digits, a real minus. */
  number(value, digits = 4) {
    if (value === null || !Number.isFinite(value)) return "–";
    if (Math.abs(value) < 1e-12) return "0";
    const text = Math.abs(value) >= 1e5 || Math.abs(value) < 1e-4 ? value.toExponential(2)
      : String(Number(value.toPrecision(digits)));
    return text.replace(/-/g, "−");
  },

  /** A number on an axis: powers of ten without zeros that nobody measured. */
  mark(value) { return kit.number(value).replace(/\.?0+(?=e)/, ""); },

  /** The number at a place of a quantity; axes by name, places by number. */
  at(quantity, where) {
    let index = 0;
    quantity.axes.forEach((axis, k) => { index = index * quantity.shape[k] + (where[axis] ?? 0); });
    return quantity.values[index];
  },

  labels(quantity, axis) {
    const size = quantity.shape[quantity.axes.indexOf(axis)];
    return quantity.labels[axis] ?? Array.from({ length: size }, (_, k) => String(k));
  },

  select(label, options, value, changed) {
    const select = kit.el("select", { change: () => changed(select.value) },
      options.map(([key, name]) => kit.el("option", { value: key, selected: key === value }, name)));
    return { node: kit.el("label", {}, label, select), set: (to) => { select.value = to; } };
  },

  /** A slider; `told` says a value in words, where it counts places of something. */
  slider(label, low, high, step, value, changed, told = kit.number) {
    const shown = kit.el("output", {}, told(value));
    const show = (to) => { shown.textContent = told(to); input.setAttribute("aria-valuetext", told(to)); };
    // The output is what a label names first, so that the slider says its own name.
    const input = kit.el("input", { type: "range", min: low, max: high, step, value, "aria-label": label, "aria-valuetext": told(value),
      input: () => { show(Number(input.value)); changed(Number(input.value)); } });
    return {
      node: kit.el("label", {}, kit.el("span", {}, label + " ", shown), input),
      set: (to) => { input.value = to; show(to); },
    };
  },

  check(label, value, changed) {
    const input = kit.el("input", { type: "checkbox", checked: value, change: () => changed(input.checked) });
    return { node: kit.el("label", { class: "switch" }, input, label), set: (to) => { input.checked = to; } };
  },

  button(label, pressed) { return kit.el("button", { type: "button", click: pressed }, label); },

  /** A colour between the ends of a signed scale, -1 to 1, as the films' maps have it. */
  signed(share) {
    const part = Math.round(100 * Math.min(1, Math.abs(share)));
    return `color-mix(in srgb, var(--${share < 0 ? "cool" : "warm"}) ${part}%, var(--middle))`;
  },

  /** Rows of cells as CSV (RFC 4180). */
  csv(rows) {
    return rows.map((row) => row.map((cell) => {
      const text = String(cell ?? "");
      return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    }).join(",")).join("\r\n") + "\r\n";
  },

  /** A picture as a file of its own: what the page's style says is written into every element. */
  standing(svg) {
    const copy = svg.cloneNode(true);
    const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    const names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family",
      "font-weight", "text-anchor", "dominant-baseline"];
    from.forEach((one, k) => {
      const style = getComputedStyle(one);
      for (const name of names) to[k].setAttribute(name, style.getPropertyValue(name));
      for (const name of ["class", "tabindex", "role"]) to[k].removeAttribute(name);
    });
    const [, , width, height] = svg.getAttribute("viewBox").split(" ");
    kit.set(copy, { xmlns: kit.svgSpace, width, height });
    copy.prepend(kit.svg("rect", { width: "100%", height: "100%",
      fill: getComputedStyle(svg).getPropertyValue("background-color") }));
    return new XMLSerializer().serializeToString(copy);
  },

  save(name, kind, text) {
    const address = URL.createObjectURL(new Blob([text], { type: kind }));
    kit.el("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  },

  /**
   * A toy that can stand beside itself: a second one begins where the first one is, each has its own knobs, and below
   * them is told which of their numbers differ.  In an address the second one's knobs have names that begin with "2:".
   */
  twins(host, toy, make) {
    const first = kit.el("div"), pair = kit.el("div", { class: "pair" }, first);
    const told = kit.el("p", { class: "says", role: "status", hidden: true });
    host.append(pair, told);
    const one = make(first, toy);
    let second = null, other = null;
    let due = 0;
    const compared = (each) => (each.compared ?? each.rows)();
    const tell = () => { due = 0; if (other) told.textContent = kit.differences(compared(one), compared(other), one.places ?? 1); };
    // Whatever is done to one of them has been done when this is heard; some take a while to list their numbers.
    for (const kind of ["input", "change", "click", "keydown", "pointerup", "pointermove"]) {
      pair.addEventListener(kind, () => { if (other) due ||= requestAnimationFrame(tell); });
    }
    const open = (state) => {
      if (!other) {
        second = kit.el("div", { role: "group", "aria-label": "beside it" });
        pair.append(second);
        other = make(second, toy);
        pair.classList.add("two");
        told.hidden = false;
        compare.textContent = "One alone";
      }
      other.restore(state);
      tell();
    };
    const close = () => {
      second.remove();
      second = other = null;
      pair.classList.remove("two");
      told.hidden = true;
      compare.textContent = "Compare two";
    };
    const compare = kit.button("Compare two", () => (other ? close() : open(one.state())));
    const both = {
      ...one,
      state: () => ({
        ...one.state(),
        ...Object.fromEntries(Object.entries(other?.state() ?? {}).map(([name, value]) => [`2:${name}`, value])),
      }),
      restore: (state) => {
        const split = Object.entries(state);
        const theirs = split.filter(([name]) => name.startsWith("2:")).map(([name, value]) => [name.slice(2), value]);
        one.restore(Object.fromEntries(split.filter(([name]) => !name.startsWith("2:"))));
        if (theirs.length) open(Object.fromEntries(theirs));
        else if (other) close();
      },
      rows: () => (other ? [...one.rows(), [], ["beside it"], ...other.rows()] : one.rows()),
      pictures: () => [...one.pictures(), ...(other?.pictures() ?? [])],
      beside: () => other,
    };
    const ways = kit.exports(toy, both);
    ways.prepend(compare);
    host.append(ways);
    return both;
  },

  /**
   * In words: how many numbers of two tables of one shape differ, and which does most.  The first `places` columns say
   * where a number stands (a step, a layer, a share): they are what it is called by, and are not counted.
   */
  differences(ours, theirs, places = 0) {
    const number = (cell) => (typeof cell === "number" ? cell : cell === "" || cell === null ? NaN : Number(cell));
    const shape = (rows) => rows.map((row) => row.length).join();
    if (shape(ours) !== shape(theirs)) return "The two show different numbers.";
    const place = (row) => row.slice(0, places).join();
    if (ours.some((row, r) => r > 0 && place(row) !== place(theirs[r]))) return "The two have their numbers at different places.";
    let count = 0, differ = 0, most = null;
    ours.forEach((row, r) => row.forEach((cell, c) => {
      if (c < places) return;
      const a = number(cell), b = number(theirs[r][c]);
      if (!Number.isFinite(a) || !Number.isFinite(b)) return;
      count += 1;
      if (a === b) return;
      differ += 1;
      if (!most || Math.abs(b - a) > Math.abs(most.b - most.a)) most = { a, b, r, c };
    }));
    if (!count) return "There are no numbers to compare.";
    if (!differ) return count === 1 ? "The number is the same in both." : `All ${count} numbers are the same in both.`;
    const called = (cell, c) => (Number.isFinite(number(cell)) ? `${ours[0]?.[c] ?? ""} ${cell}`.trim() : cell);
    const names = ours[most.r].flatMap((cell, c) => (c < places || (c !== most.c && !Number.isFinite(number(cell))) ? [called(cell, c)] : []));
    const where = [...names, Number.isFinite(number(ours[0]?.[most.c])) ? "" : ours[0]?.[most.c]].filter(Boolean).join(", ");
    if (count === 1) return `${kit.number(most.a)} here, ${kit.number(most.b)} beside it (difference ${kit.number(most.b - most.a)}).`;
    return `${differ} of ${count} numbers differ; most ${where ? where + ": " : "of all "}${kit.number(most.a)} here, ${kit.number(most.b)} beside it`
      + ` (difference ${kit.number(most.b - most.a)}).`;
  },

  /** The three ways out of a toy, and a line that says what happened. */
  exports(toy, made) {
    const said = kit.el("span", { role: "status" });
    const svg = (which) => kit.save(`${toy.id}.svg`, "image/svg+xml", kit.standing(which));
    const link = async () => {
      const address = kit.address(toy.id, made.state());
      history.replaceState(null, "", address);
      try {
        await navigator.clipboard.writeText(location.href);
        said.textContent = "The link is copied; it leads to exactly this.";
      } catch {
        said.textContent = "The address above now leads to exactly this.";
      }
    };
    return kit.el("p", { class: "export" },
      kit.button("SVG", () => made.pictures().forEach(svg)),
      kit.button("CSV", () => kit.save(`${toy.id}.csv`, "text/csv", kit.csv(made.rows()))),
      kit.button("Link", link), said);
  },

  address(id, state) { return `#toy/${id}?${new URLSearchParams(state)}`; },

  /** Where a toy's numbers were read, results once each. */
  source(...quantities) {
    const by = new Map();
    for (const one of quantities) {
      const [result, array] = one.source.split("/");
      const known = by.get(result) ?? { one, arrays: new Set() };
      known.arrays.add(array);
      by.set(result, known);
    }
    const texts = [...by].map(([result, { one, arrays }]) => kit.el("span", {},
      kit.el("a", { href: `#result-${result}` }, result),
      ` (${[...arrays].join(", ")}; ${one.origin}${one.model ? ", model " + one.model : ""}; ${one.digest})`));
    return kit.el("p", { class: "export" }, "from", texts);
  },
};
tapehead.kit = kit;
