const SVG = 'http://www.w3.org/2000/svg';
/** Pixels of a PNG for each pixel of the page. */
const SCALE = 2;
const MARGIN = 12;

/** Colours that are variables of the page, as what they are now. */
function resolved(text: string, place: Element): string {
  const style = getComputedStyle(place);
  return text
    .replaceAll(/var\((--[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim())
    .replaceAll('currentColor', style.color);
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, inside = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => `${key}="${String(value).replaceAll('"', '&quot;')}"`,
  );
  return `<${name} ${written.join(' ')}>${inside}</${name}>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** One part of a view at its place: a plot, a map or a line of text. */
function drawn(part: Element, origin: DOMRect): string {
  const { left, top, width, height } = part.getBoundingClientRect();
  const place = { x: left - origin.left + MARGIN, y: top - origin.top + MARGIN };
  if (part instanceof HTMLCanvasElement)
    return element('image', {
      ...place,
      width,
      height,
      href: part.toDataURL(),
      style: 'image-rendering: pixelated',
    });
  if (part instanceof SVGSVGElement) {
    const copy = part.cloneNode(true) as SVGSVGElement;
    for (const [name, value] of Object.entries({ ...place, width, height }))
      copy.setAttribute(name, String(value));
    return resolved(new XMLSerializer().serializeToString(copy), part);
  }
  const { color, fontSize, backgroundColor } = getComputedStyle(part);
  if (part.tagName === 'I')
    return element('rect', {
      ...place,
      width,
      height,
      rx: Math.min(width, height) / 2,
      fill: backgroundColor,
    });
  const size = Number.parseFloat(fontSize);
  return element(
    'text',
    { x: place.x, y: place.y + 0.8 * height, 'font-size': size, fill: color },
    escaped(part.textContent ?? ''),
  );
}

/** What a view shows as one SVG: its plots, maps, keys and captions at their places. */
export function svgOf(view: Element): string {
  const origin = view.getBoundingClientRect();
  const parts = [...view.querySelectorAll('canvas, .figure > svg, .key i, .key b, .caption, .row-name')];
  const [width, height] = [origin.width + 2 * MARGIN, origin.height + 2 * MARGIN];
  const ground = element('rect', { width: '100%', height: '100%', fill: resolved('var(--card)', view) });
  const inside = parts.map((part) => drawn(part, origin)).join('\n');
  const head = {
    xmlns: SVG,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
  };
  return element('svg', head, `${ground}\n${inside}`);
}

/** The same as a PNG. */
export async function pngOf(view: Element): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(view))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [SCALE * image.width, SCALE * image.height];
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob as Blob)));
}

/** Offers a file to be saved. */
export function save(name: string, content: Blob | string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(typeof content === 'string' ? new Blob([content]) : content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
