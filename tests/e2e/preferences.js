// What is lost on a page for those who see differently. Each function answers with lines to read; to be evaluated
// in the page, where they stay.
(() => {
  const PARTS = ["", "::before", "::after"];
  const SIDES = ["Top", "Right", "Bottom", "Left"];
  const all = (selector) => [...document.body.querySelectorAll(selector)];
  const isThere = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const short = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const hasEdge = (style) =>
    SIDES.some((side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0);
  const hasOutline = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;

  // Enlarged: what sticks out, but for what can be scrolled by itself.
  const scrolls = (one) => one !== document.body && getComputedStyle(one).overflowX !== "visible";
  const isScrolled = (one) => one !== document.body && (scrolls(one.parentElement) || isScrolled(one.parentElement));

  window.tooWide = () => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const wide = all("*").filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !isScrolled(one));
    return wide.slice(0, 5).map((one) => `wider than ${innerWidth}: ${short(one)}`);
  };

  window.moving = () => [
    ...document.getAnimations().map(({ effect }) => `moves: ${short(effect.target)}`),
    ...all("*")
      .filter((one) => getComputedStyle(one).scrollBehavior === "smooth")
      .map((one) => `scrolls: ${short(one)}`),
  ];

  // More contrast: words of which less than 7 : 1 is left, over the nearest ground that is not clear.
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);

  const lightOf = (colour) => {
    const [red, green, blue] = numbers(colour)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const groundOf = (one) => {
    const { backgroundColor, backgroundImage } = getComputedStyle(one);
    if (backgroundImage !== "none") return null; // a picture: axe leaves it, too
    if ((numbers(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    return one.parentElement ? groundOf(one.parentElement) : "rgb(255, 255, 255)";
  };

  const contrast = (one, ground) => {
    const [low, high] = [getComputedStyle(one).color, ground].map(lightOf).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  window.faint = () =>
    all("*")
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .filter((one) => isThere(one) && !one.closest(":disabled"))
      .map((one) => [one, groundOf(one)])
      .filter(([one, ground]) => ground && contrast(one, ground) < 7)
      .map(([one, ground]) => `${contrast(one, ground).toFixed(1)} : 1 on ${ground}: ${short(one)}`);

  // Forced colours: all grounds are one, shadows and gradients are gone.
  const grounds = new Map();

  // Before: which elements, and parts of elements, are drawn with a ground.
  window.rememberGrounds = () => {
    for (const one of all("*")) {
      const drawn = PARTS.filter((part) => {
        const { backgroundColor, backgroundImage } = getComputedStyle(one, part);
        return backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage.includes("gradient");
      });
      grounds.set(one, drawn);
    }
  };

  // Everything that can tell one state from another.
  const lookOf = (one) =>
    PARTS.map((part) => {
      const style = getComputedStyle(one, part);
      const ground = style.forcedColorAdjust === "none" ? [style.backgroundColor, style.backgroundImage] : [];
      const edges = SIDES.flatMap((side) => [style[`border${side}Width`], style[`border${side}Style`]]);
      const { outlineStyle, textDecorationLine, fontWeight, content, display, color } = style;
      return [outlineStyle, textDecorationLine, fontWeight, content, display, color, ...edges, ...ground];
    }).join();

  const around = (one) =>
    [one, one.nextElementSibling, one.parentElement, ...(one.labels ?? [])].filter((near) => near);

  const edgeless = () =>
    all("button, .button, input, select, textarea")
      .filter((one) => isThere(one) && !["checkbox", "radio", "range", "file", "color", "hidden"].includes(one.type))
      .filter((one) => one.matches("a") || getComputedStyle(one).appearance === "none")
      .filter((one) => !hasEdge(getComputedStyle(one)) && getComputedStyle(one).textDecorationLine === "none")
      .map((one) => `no edge: ${short(one)}`);

  const isTold = (field) => {
    if (isThere(field) && getComputedStyle(field).appearance !== "none") return true;
    const before = field.checked;
    const [on, off] = [true, false].map((state) => {
      field.checked = state;
      return around(field).map(lookOf).join();
    });
    field.checked = before;
    return on !== off;
  };

  const untold = () =>
    all("input:is([type=checkbox], [type=radio])")
      .filter((field) => around(field).some(isThere) && !isTold(field))
      .map((field) => `checked or not: ${short(field)}`);

  const CHOSEN = "[aria-current]:not([aria-current=false]), [aria-pressed=true], [aria-selected=true]";

  const isLikeOthers = (one) => {
    const group = one.closest("ul, ol, nav, [role=group], [role=toolbar], div");
    const others = [...group.querySelectorAll(one.tagName)].filter((other) => isThere(other) && !other.matches(CHOSEN));
    return others.length > 0 && others.every((other) => lookOf(other) === lookOf(one));
  };

  const unmarked = () =>
    all(CHOSEN)
      .filter((one) => isThere(one) && isLikeOthers(one))
      .map((one) => `chosen or not: ${short(one)}`);

  const showsFocus = (one) =>
    around(one).some((near) => PARTS.some((part) => hasOutline(getComputedStyle(near, part))));

  const unfocused = () =>
    all("a[href], button, input, select, textarea, summary, [tabindex='0']")
      .filter((one) => (one.focus(), document.activeElement === one) && !showsFocus(one))
      .map((one) => `no focus: ${short(one)}`);

  // Without words, edges or a picture file, only a ground draws it.
  const isGroundAlone = (one, part) => {
    const style = getComputedStyle(one, part);
    if (style.display === "none" || style.forcedColorAdjust === "none" || hasEdge(style)) return false;
    return part ? style.content === '""' : one.childNodes.length === 0;
  };

  // A checkerboard stands for what is clear, and says nothing where it is lost.
  const DRAWN_OTHERWISE = "input, select, textarea, canvas, img, svg *, .checker";

  const undrawn = () =>
    all("*")
      .filter((one) => isThere(one) && !one.matches(DRAWN_OTHERWISE))
      .flatMap((one) => (grounds.get(one) ?? []).filter((part) => isGroundAlone(one, part)).map((part) => [one, part]))
      .map(([one, part]) => `only a ground: ${part} ${short(one)}`);

  window.lost = () => [...new Set([...edgeless(), ...untold(), ...unmarked(), ...unfocused(), ...undrawn()])];
})();
