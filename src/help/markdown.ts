import { Marked, type Tokens } from 'marked';
import { addressOf, HELP_PAGES } from './pages.ts';

/** A heading one can jump to. */
export interface Heading {
  readonly depth: number;
  /** Of the element, as GitHub would name it. */
  readonly id: string;
  readonly text: string;
}

/** A text fit for a page. */
export interface Rendered {
  /** The first heading, which is not part of `html`. */
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML spells it, also between quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => NAMED[sign] as string);

/**
 * Renders one of our own texts. Links to other texts (`move.md#backups`) and to the site (`site:admin/`) become relative addresses;
 * HTML is shown, not obeyed.
 * @throws Error when it has no first heading, or links to what is neither a text, the site nor the web
 */
export function renderMarkdown(source: string): Rendered {
  const headings: Heading[] = [];
  const idOf = createIds();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text: raw }) {
        const text = plain(raw);
        if (depth === 1) return headings.push({ depth, id: '', text }) > 1 ? refuse(`a second title: ${text}`) : '';
        const id = idOf(text);
        headings.push({ depth, id, text });
        return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      html: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        return `<a href="${escapeHtml(addressIn(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image: ({ href }) => refuse(`a picture: ${href}`),
      table({ header, rows }) {
        const heads = header.map(({ text }) => plain(text));
        const cells = (row: Tokens.TableCell[]) =>
          row.map(({ tokens }, column) => cell(this.parser.parseInline(tokens), column, heads[column] ?? '')).join('');
        const head = header.map(({ tokens }) => `<th scope="col">${this.parser.parseInline(tokens)}</th>`).join('');
        const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
        return `<table class="stacked"><thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table>\n`;
      }
    }
  });
  const html = marked.parse(source, { async: false });
  const [first, ...others] = headings;
  if (first?.depth !== 1) return refuse('no title');
  return { title: first.text, html, headings: others };
}

/** A cell that names its column where there is no room for a head; the first of a row names the row. */
function cell(html: string, column: number, head: string): string {
  return column === 0 ? `<th scope="row">${html}</th>` : `<td data-head="${escapeHtml(head)}">${html}</td>`;
}

/** Names for headings: GitHub's, so that links work there, too. */
function createIds(): (text: string) => string {
  const used = new Map<string, number>();
  return (text) => {
    const id = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = used.get(id) ?? 0;
    used.set(id, times + 1);
    return times === 0 ? id : `${id}-${times}`;
  };
}

/** Without the signs of Markdown that our headings use. */
const plain = (raw: string): string => raw.replaceAll(/[`*]/g, '');

function addressIn(href: string): string {
  const [, name, fragment = ''] = /^([a-z]+)\.md(#.+)?$/.exec(href) ?? [];
  if (name !== undefined && HELP_PAGES.some((page) => page.name === name)) return `${addressOf(name)}${fragment}`;
  if (href.startsWith('site:')) return `../${href.slice('site:'.length)}`;
  return /^(https:\/\/|#)/.test(href) ? href : refuse(`a link to ${href}`);
}

function refuse(what: string): never {
  throw new Error(`A text of the help has ${what}.`);
}
