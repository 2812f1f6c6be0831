// The page: what is shown of it, where the film is, cards beside their numbers, toys.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);

  // -- what is shown: ?only=SCENE&hide=film,stills
  for (const part of (asked.get("hide") ?? "").split(",")) if (/^[a-z]+$/.test(part)) root.classList.add(`hide-${part}`);
  const only = asked.get("only");
  if (only && [...document.querySelectorAll(".scene")].some((scene) => scene.id === only)) {
    root.classList.add("embedded", "hide-header", "hide-chapters", "hide-sources");
    for (const scene of document.querySelectorAll(".scene")) scene.classList.toggle("elsewhere", scene.id !== only);
  }

  // -- light and dark
  const look = document.getElementById("look");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shownDark = () => root.dataset.look ? root.dataset.look === "dark" : dark.matches;
  if (look) {
    const name = () => { look.textContent = shownDark() ? "Light" : "Dark"; };
    look.hidden = false;
    look.addEventListener("click", () => { root.dataset.look = shownDark() ? "light" : "dark"; name(); });
    dark.addEventListener("change", name);
    name();
  }

  // -- what is work is done when it is near, or asked for: figures and toys far below cost nothing before
  const due = new Map();
  const near = new IntersectionObserver((all) => {
    for (const one of all) if (one.isIntersecting) now(one.target);
  }, { rootMargin: "800px 0px" });
  const now = (node) => {
    const make = due.get(node);
    due.delete(node);
    near.unobserve(node);
    make?.();
  };
  const later = (node, make) => { due.set(node, make); near.observe(node); };

  // -- figures: each is text until it is near; in its other look it is the same picture in other colours
  const figures = [...document.querySelectorAll(".figure")].map((node) => {
    const still = node.querySelector("noscript"), { base, colours } = node.dataset;
    const inside = new DOMParser().parseFromString(still.textContent, "text/html").body; // loads nothing
    const from = [...inside.querySelectorAll("img")], first = from[0];
    const address = {};
    if (from.length > 1) for (const name of ["light", "dark"]) address[name] = inside.querySelector(`.${name}`).getAttribute("src");
    else address[base] = first.getAttribute("src");
    const image = document.createElement("img"), frame = document.createElement("div");
    image.alt = first.alt;
    frame.className = "frame";
    // its room is kept, so that nothing moves when it comes
    if (first.getAttribute("width")) frame.style.aspectRatio = `${first.getAttribute("width")} / ${first.getAttribute("height")}`;
    frame.append(image);
    still.replaceWith(frame);
    const show = (paper = false) => {
      const name = !paper && shownDark() ? "dark" : "light";
      address[name] ??= recoloured(address[base], colours);
      if (image.getAttribute("src") !== address[name]) image.src = address[name];
    };
    const link = node.querySelector("a[download]");
    link.hidden = false;
    // a figure as a file: the light one, as on paper
    link.addEventListener("click", () => { link.href = address.light ??= recoloured(address[base], colours); });
    link.href = `#${node.id}`;
    later(node, () => show());
    return { node, show, there: () => image.hasAttribute("src") };
  });
  // Once all else is done the others come one by one: paper wants them all at once.
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 200));
  const rest = () => {
    const next = figures.find((figure) => due.has(figure.node));
    if (!next) return;
    now(next.node);
    idle(rest);
  };
  addEventListener("load", () => idle(rest), { once: true });
  function recoloured(address, colours) {
    const by = new Map((colours ?? "").split(" ").filter(Boolean).map((each) => {
      const at = each.indexOf("=");
      return [each.slice(0, at), each.slice(at + 1)];
    }));
    let pictures = 0, places = 0;
    return address.replace(/%23([0-9a-f]{6})(?![0-9a-z_])|data:image\/png;base64,[^'"%]*/gi, (found, colour) => colour
      ? `%23${by.get(`@${places++}`) ?? by.get(colour.toLowerCase()) ?? colour}` : by.get(`png${pictures++}`) ?? found);
  }
  const relook = () => { for (const figure of figures) if (figure.there()) figure.show(); };
  dark.addEventListener("change", relook);
  look?.addEventListener("click", relook);
  addEventListener("beforeprint", () => { for (const figure of figures) figure.show(true); });
  addEventListener("afterprint", relook);

  // -- cards open beside their number, inside the window
  document.addEventListener("click", (event) => { opener = event.target.closest(".num") ?? opener; }, true);
  let opener = null;
  for (const card of document.querySelectorAll(".card")) {
    card.addEventListener("toggle", (event) => {
      if (event.newState !== "open" || !opener) return;
      card.classList.add("placed");
      const at = opener.getBoundingClientRect(), size = card.getBoundingClientRect(), gap = 8;
      const below = at.bottom + gap + size.height < innerHeight || at.top < size.height + gap;
      const top = below ? Math.min(at.bottom + gap, Math.max(gap, innerHeight - size.height - gap))
        : at.top - size.height - gap;
      card.style.top = `${top}px`;
      card.style.left = `${Math.max(gap, Math.min(at.left, document.body.clientWidth - size.width - gap))}px`;
      card.querySelector(".close").focus({ preventScroll: true });
    });
  }

  // -- the film
  const film = document.getElementById("film");
  const lineOf = (key) => {
    const dot = key.indexOf(".");
    return document.getElementById(`${key.slice(0, dot)}/${key.slice(dot + 1)}`);
  };
  const lines = data.lines.map(([key, scene, start, end]) => ({ node: lineOf(key), scene, start, end }))
    .filter((line) => line.node).sort((a, b) => a.start - b.start);
  const go = (seconds, play) => {
    if (!film) return;
    const set = () => { film.currentTime = seconds; if (play) film.play().catch(() => {}); };
    if (film.readyState >= 1) set();
    else { film.addEventListener("loadedmetadata", set, { once: true }); film.preload = "auto"; film.load(); }
  };
  if (film) {
    const follow = document.getElementById("follow");
    follow.closest("p").hidden = false;
    const words = [...document.querySelectorAll(".w")].map((node) => ({ node, at: Number(node.dataset.t) }))
      .sort((a, b) => a.at - b.at);
    const links = [...document.querySelectorAll(".chapters a")];
    let nowWord = null, nowLine = null;
    const last = (sorted, key, time) => {
      let low = 0, high = sorted.length;
      while (low < high) { const mid = (low + high) >> 1; if (sorted[mid][key] <= time + .02) low = mid + 1; else high = mid; }
      return sorted[low - 1] ?? null;
    };
    const update = () => {
      const time = film.currentTime;
      let line = last(lines, "start", time);
      const word = line && time <= line.end + .6 ? last(words, "at", time) : null;
      if (word?.node !== nowWord) { nowWord?.classList.remove("now"); word?.node.classList.add("now"); nowWord = word?.node ?? null; }
      if (line?.node === nowLine) return;
      nowLine?.classList.remove("now");
      nowLine = line?.node ?? null;
      nowLine?.classList.add("now");
      for (const link of links) {
        if (line && link.hash === `#${line.scene}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      if (nowLine && follow.checked && !film.paused) nowLine.scrollIntoView({ block: "center" });
    };
    let frame = 0;
    const run = () => { update(); frame = film.paused ? 0 : requestAnimationFrame(run); };
    film.addEventListener("play", () => { cancelAnimationFrame(frame); run(); });
    film.addEventListener("seeked", update);
    film.addEventListener("timeupdate", update);
    document.addEventListener("click", (event) => {
      const word = event.target.closest(".w");
      if (word && !event.target.closest(".num") && String(getSelection()) === "") go(Number(word.dataset.t), true);
    });
  }

  // -- toys: each is made when it is near, or when an address leads to it
  const made = new Map(), makers = new Map();
  for (const id of data.toys) {
    const host = document.querySelector(`[data-toy="${id}"]`);
    if (!host) continue;
    makers.set(id, () => {
      if (made.has(id)) return made.get(id);
      const toy = JSON.parse(document.getElementById(`data/${id}`).textContent), make = tapehead.toys[toy.kind];
      if (!make) return undefined;
      made.set(id, kit.twins(host, toy, make));
      return made.get(id);
    });
    later(host, makers.get(id));
  }
  const toys = { get: (id) => makers.get(id)?.() };
  tapehead.made = toys;

  // -- where one is: #scene, #scene/cue, #t=83.5, #toy/id?state
  const plain = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return ""; // an address that was cut off
    }
  };
  const arrive = (play) => {
    const hash = plain(location.hash.slice(1));
    const time = /^t=(\d+(?:\.\d+)?)$/.exec(hash);
    const toy = /^toy\/([a-z0-9-]+)(?:\?(.*))?$/.exec(hash);
    if (time) {
      go(Number(time[1]), play);
      const line = lines.filter((one) => one.start <= Number(time[1]) + .02).pop();
      if (!play && line) line.node.scrollIntoView({ block: "center" });
    } else if (toy) {
      if (toys.get(toy[1]) && toy[2]) toys.get(toy[1]).restore(Object.fromEntries(new URLSearchParams(toy[2])));
      document.getElementById(`toy/${toy[1]}`)?.scrollIntoView({ block: "start" });
    } else if (hash) {
      const line = lines.find((one) => one.node.id === hash || one.scene === hash);
      if (line) go(line.start, false);
      const details = document.getElementById(hash);
      if (details instanceof HTMLDetailsElement) { details.open = true; details.scrollIntoView(); }
      for (const card of document.querySelectorAll(".card:popover-open")) card.hidePopover();
    }
  };
  // A second click on the place where one is already changes no address, and still means it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#t="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.getAttribute("href"));
    arrive(true);
  });
  addEventListener("hashchange", () => arrive(false));
  arrive(false);
  for (const details of document.querySelectorAll("details.numbers")) {
    addEventListener("beforeprint", () => { details.open = true; });
  }
  root.dataset.ready = "true";
})();
