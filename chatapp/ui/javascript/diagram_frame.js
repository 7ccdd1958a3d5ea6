// Draws diagrams in a frame that belongs to no origin: it has no cookie, reaches nobody, and is taken away when it
// takes too long. Whatever a diagram makes of mermaid, all that leaves the frame is a picture.

// Those of mind maps and time lines, which mermaid would make black.
const SCALE = Array.from({ length: 12 }, (_, number) => [`cScale${number}`, `hsl(${230 + 50 * number}, 30%, 30%)`]);
const DARK_COLOURS = {
  ...Object.fromEntries(SCALE),
  darkMode: true,
  background: "#18191b",
  textColor: "#edeef0",
  lineColor: "#b0b4ba",
  primaryColor: "#2d3462",
  primaryTextColor: "#edeef0",
  primaryBorderColor: "#7d8bf0",
  secondaryColor: "#4a3357",
  tertiaryColor: "#1f4541",
  titleColor: "#edeef0",
  noteBkgColor: "#3f3b1f",
  noteTextColor: "#edeef0",
};
const LIGHT = { theme: "default" };
const DARK = { theme: "base", themeVariables: DARK_COLOURS }; // mermaid's own dark theme has parts that nobody can read
const STILL = "* { animation: none !important; transition: none !important; }";

/** What no diagram may set for itself, beside mermaid's own list of such. */
const FIXED = {
  securityLevel: "strict",
  maxTextSize: 10_000, // characters
  maxEdges: 200, // laid out in up to a second
  startOnLoad: false,
  suppressErrorRendering: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  themeCSS: "",
};

addEventListener("message", async ({ data: library, ports: [port], source }) => {
  if (origin !== "null" || source !== parent) return;
  const script = document.createElement("script");
  script.textContent = await library.text();
  document.head.append(script);
  port.onmessage = async ({ data: code }) => port.postMessage(await drawings(code).catch(() => null));
  port.postMessage("ready");
});

async function drawings(code) {
  return { light: await drawing(code, LIGHT), dark: await drawing(code, DARK) };
}

async function drawing(code, colours) {
  mermaid.initialize({ ...FIXED, ...colours, secure: ["secure", "dompurifyConfig", ...Object.keys(FIXED)] });
  const { svg } = await mermaid.render("diagram", code);
  const picture = new DOMParser().parseFromString(svg, "text/html").querySelector("svg"); // which loads nothing
  const { width, height } = picture.viewBox.baseVal;
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  picture.style.removeProperty("max-width");
  picture.append(Object.assign(document.createElementNS(picture.namespaceURI, "style"), { textContent: STILL }));
  return { width, height, svg: new XMLSerializer().serializeToString(picture) };
}
