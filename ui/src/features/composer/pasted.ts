// What was copied elsewhere with its looks, as Markdown: only what a message can show becomes marks, all else is its text.
//
// Our own, small as it is: the libraries for this write the whole of Markdown, with headings, tables and pictures that a
// message does not have.

/** Characters of HTML beyond which only the plain text is taken. */
const LONGEST = 300_000;

// Ends of lines until all is put together: one that is wanted at least, a blank line, and one that is part of the text.
const LINE = '\uE001';
const GAP = '\uE002';
const KEPT = '\uE003';

const GAPPED: readonly string[] = ['P', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'BLOCKQUOTE', 'PRE', 'UL', 'OL', 'TABLE', 'HR'];
const BLOCKS: readonly string[] = ['DIV', 'SECTION', 'ARTICLE', 'HEADER', 'FOOTER', 'MAIN', 'ASIDE', 'NAV', 'FIGURE', 'FIGCAPTION', 'LI', 'TR', 'DT', 'DD', 'DL', 'ADDRESS'];
const SILENT: readonly string[] = ['HEAD', 'STYLE', 'SCRIPT', 'TEMPLATE', 'TITLE', 'NOSCRIPT', 'SVG', 'svg'];

interface Found {
  /** There is something that plain text would lose. */
  formatted: boolean;
}

/** Undefined where the plain text says as much. */
export function markdownOf(html: string): string | undefined {
  if (html.length > LONGEST) return undefined;
  const found: Found = { formatted: false };
  // A document of this kind loads nothing and runs nothing.
  const text = settle(children(new DOMParser().parseFromString(html, 'text/html').body, found));
  return found.formatted && text !== '' ? text : undefined;
}

function settle(text: string): string {
  return text
    .replace(/[ \t]*[\uE001\uE002\n][\uE001\uE002\n \t]*/g, (run) => {
      if (run.includes(GAP)) return '\n\n';
      const lines = run.split('\n').length - 1;
      const wanted = run.split(LINE).length - 1;
      // An empty line in its own block: that is how mail is written.
      return lines > 1 || (lines === 1 && wanted > 2) ? '\n\n' : '\n';
    })
    .replace(/^\n+|\s+$/g, '')
    .replaceAll(KEPT, '\n');
}

function children(node: Node, found: Found): string {
  return [...node.childNodes].map((child) => render(child, found)).join('');
}

function render(node: Node, found: Found): string {
  if (node.nodeType === Node.TEXT_NODE) return escape(said(node).replace(/\s+/g, ' '));
  if (!(node instanceof HTMLElement) || SILENT.includes(node.tagName)) return '';
  const inner = styled(node, inside(node, found), found);
  if (GAPPED.includes(node.tagName)) return GAP + inner + GAP;
  return BLOCKS.includes(node.tagName) ? LINE + inner + LINE : inner;
}

/** Without what nobody sees, and without our own marks. */
function said(node: Node): string {
  return (node.textContent ?? '').replace(/[^\P{Cc}\n\t\r]|[\uE001-\uE003]/gu, '');
}

function inside(element: HTMLElement, found: Found): string {
  switch (element.tagName) {
    case 'BR':
      return '\n';
    case 'PRE':
      found.formatted = true;
      return fenced(element);
    case 'CODE':
    case 'TT':
    case 'SAMP':
      found.formatted = true;
      return code(said(element));
    case 'BLOCKQUOTE':
      found.formatted = true;
      return prefixed(settle(children(element, found)), '> ', '> ');
    case 'UL':
    case 'OL':
      found.formatted = true;
      return list(element, found);
    case 'A':
      return link(element, found);
    case 'TD':
    case 'TH':
      return `${children(element, found)}${element.nextElementSibling ? '\t' : ''}`;
    default:
      return children(element, found);
  }
}

function styled(element: HTMLElement, inner: string, found: Found): string {
  const { tagName, style } = element;
  const weight = style.fontWeight;
  // What an office puts around all of its text to say that it is not bold.
  const light = weight === 'normal' || Number(weight) < 600;
  const bold = /^(?:B|STRONG|H[1-6])$/.test(tagName) ? weight === '' || !light : weight === 'bold' || Number(weight) >= 600;
  const italic = /^(?:I|EM|CITE)$/.test(tagName) ? style.fontStyle !== 'normal' : style.fontStyle === 'italic';
  const struck = /^(?:S|DEL|STRIKE)$/.test(tagName) || style.textDecoration.includes('line-through');
  const marks = [bold && '**', italic && '_', struck && '~~'].filter((mark) => mark !== false);
  return marks.reduce((text, mark) => wrapped(text, mark, found), inner);
}

/** Blanks stay outside, and marks do not reach over the end of a block. */
function wrapped(text: string, mark: string, found: Found): string {
  const bare = text.trim();
  if (bare === '' || /[\uE001-\uE003\n]/.test(bare) || bare.startsWith(mark)) return text;
  found.formatted = true;
  const from = text.indexOf(bare);
  return text.slice(0, from) + mark + bare + mark + text.slice(from + bare.length);
}

function link(element: HTMLElement, found: Found): string {
  const url = element.getAttribute('href') ?? '';
  const text = children(element, found);
  const name = text.trim();
  if (!/^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(url) || name === '' || /[\uE001-\uE003\n]/.test(name)) return text;
  if (element.textContent?.trim().replace(/\/$/, '') === url.replace(/\/$/, '')) return url;
  found.formatted = true;
  return `[${name.replace(/[[\]]/g, '\\$&')}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
}

function list(element: HTMLElement, found: Found): string {
  const first = element.tagName === 'OL' ? Number(element.getAttribute('start') ?? 1) || 1 : undefined;
  return [...element.children]
    .filter((child) => child.tagName === 'LI')
    .map((item, index) => {
      const sign = first === undefined ? '- ' : `${first + index}. `;
      return prefixed(settle(children(item, found)).replace(/\n{2,}/g, '\n'), sign, ' '.repeat(sign.length));
    })
    .join(KEPT);
}

function prefixed(text: string, first: string, others: string): string {
  return text.split('\n').map((line, index) => (index === 0 ? first : others) + line).join(KEPT);
}

/** Longer than any run of the sign within. */
function signsAround(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest < least ? least : longest + 1);
}

function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const signs = signsAround(line, 1);
  return signs.length > 1 ? `${signs} ${line} ${signs}` : signs + line + signs;
}

function fenced(element: HTMLElement): string {
  const text = said(element).replace(/\n$/, '');
  const language = /\blanguage-([\w+#-]+)/.exec(`${element.className} ${element.querySelector('code')?.className ?? ''}`)?.[1] ?? '';
  const fence = signsAround(text, 3);
  return [fence + language, ...text.split('\n'), fence].join(KEPT);
}

/** What would become a mark though it was none. */
function escape(text: string): string {
  return text.replace(/[\\`*]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~~|\|\|/gu, '\\$&');
}
