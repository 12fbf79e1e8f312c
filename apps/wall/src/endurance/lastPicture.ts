/**
 * The last picture of a display, carried over a reload: its DOM with canvases as images and its style rules as text, in the
 * tab's own storage. The page that comes shows it, in a shadow root of its own, until every panel has drawn. So a reload
 * never shows an empty screen, and what is shown meanwhile says that it is the old picture.
 */
const KEY = 'citywall-last-picture';
/** A tab's storage holds some 5 million characters. */
const MOST = 4_000_000;
/** An old picture is taken away after this, drawn or not: it must not hide a page that is in trouble. */
const LONGEST_MS = 20_000;
/** inline style is refused by the content security policy where it stands in markup, not where a script sets it */
const STYLE = 'data-kept-style';

export interface KeptPicture {
  html: string;
  css: string;
  lang: string;
}

/** Everything on the sheets but the fonts, which the coming page brings itself. */
function rulesOf(sheets: StyleSheetList): string {
  return [...sheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => !(rule instanceof CSSFontFaceRule))
    .map(({ cssText }) => cssText)
    .join('\n');
}

function imageOf(canvas: HTMLCanvasElement): HTMLElement {
  const image = document.createElement('img');
  image.style.cssText = canvas.style.cssText;
  image.className = canvas.className;
  try {
    image.src = canvas.toDataURL('image/webp', 0.85);
  } catch {
    // a canvas with foreign pixels may not be read: its place stays empty
  }
  return image;
}

/** Keeps the picture for the page that comes. @param says what stands in the link's chip meanwhile */
export function keepPicture(root: HTMLElement, says: string): void {
  const copy = root.cloneNode(true) as HTMLElement;
  const canvases = root.querySelectorAll('canvas');
  for (const [place, canvas] of [...copy.querySelectorAll('canvas')].entries()) {
    canvas.replaceWith(imageOf(canvases[place]!));
  }
  for (const frame of copy.querySelectorAll('video, iframe, script')) frame.remove();
  const link = copy.querySelector('.link');
  if (link) link.textContent = says;
  for (const element of [copy, ...copy.querySelectorAll<HTMLElement | SVGElement>('[style]')]) {
    const style = element.getAttribute('style');
    if (style !== null) element.setAttribute(STYLE, style);
    element.removeAttribute('style');
  }
  const kept: KeptPicture = {
    html: copy.outerHTML,
    css: rulesOf(document.styleSheets),
    lang: document.documentElement.lang,
  };
  const text = JSON.stringify(kept);
  if (text.length > MOST) return;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // full: then the coming page starts dark, as it did the first time
  }
}

let takeAway: (() => void) | null = null;

/** Shows the kept picture over everything, if there is one. To be called before the page's own first picture. */
export function showKeptPicture(): void {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return;
  try {
    const { html, css, lang } = JSON.parse(text) as KeptPicture;
    document.documentElement.lang = lang;
    const host = document.createElement('div');
    host.id = 'last-picture';
    host.style.cssText = 'position:fixed;inset:0;z-index:1000;background:var(--bg)';
    const shadow = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    const template = document.createElement('template');
    template.innerHTML = html;
    for (const element of template.content.querySelectorAll<HTMLElement | SVGElement>(`[${STYLE}]`)) {
      element.style.cssText = element.getAttribute(STYLE) ?? '';
      element.removeAttribute(STYLE);
    }
    shadow.append(template.content);
    document.body.append(host);
    const timer = setTimeout(dropKeptPicture, LONGEST_MS);
    takeAway = () => {
      clearTimeout(timer);
      host.remove();
    };
  } catch {
    // kept by another version in another form: the page starts dark
  }
}

/** The page has a picture of its own now. */
export function dropKeptPicture(): void {
  takeAway?.();
  takeAway = null;
}
