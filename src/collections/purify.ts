import { createRequire } from 'node:module';
import type sanitize from 'sanitize-html';

/** Loaded at the first text with tags, which most sites never see: it costs more memory than the rest of the write path. */
const load = createRequire(import.meta.url);

const words = (text: string): string[] => text.split(/\s+/);

/** What DOMPurify 2 lets pass and no app needs more of: text, tables, links, images. Nothing that runs, submits or embeds. */
const TAGS = words(
  `a abbr acronym address area article aside b bdi bdo big blink blockquote br caption center cite code col colgroup data dd del
  details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd label li main map mark
  menu nav nobr ol p pre q rp rt ruby s samp section small spacer span strike strong sub summary sup svg table tbody td tfoot th
  thead time tr tt u ul var wbr`
);

const ATTRIBUTES = words(
  `abbr align alt axis bgcolor border cellpadding cellspacing cite class color cols colspan coords datetime dir face height href
  hspace lang noshade nowrap open rel rev reversed rows rowspan scope shape size span src start summary title valign value vspace
  width`
);

const OPTIONS: sanitize.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: { '*': ATTRIBUTES },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesAppliedToAttributes: ['href', 'src', 'cite'],
  // dropped with what is inside; every other unknown element leaves its text behind
  nonTextTags: words('script style textarea option noscript noembed noframes iframe template title xmp plaintext math head'),
  nestingLimit: 60
};

/** Elements that no one types by accident as `a<script`: never left standing, even when nothing closes them. */
const NEVER_PLAIN = /^<\/?(?:script|style|iframe|object|embed|link|meta|base|form|svg|math|img|video|audio)\b/i;

/** A pass that changes its own result has met markup made to confuse; after this many only text is left. */
const MAX_PASSES = 4;
/** Nobody writes this many tags into one field; cleaning them one by one would hold up everybody else. */
const MAX_TAGS = 1000;

/**
 * Strips active HTML and keeps text (D7). Without `<` nothing changes. Text whose `<` opens no tag (`a<b`, `BG < 70 & falling`,
 * `I <3 you`) stays as typed; an unclosed tag that has a `=` after it, and so could grow an attribute inside some page, has its
 * `<` written as `&lt;`. Text with whole tags comes back as clean HTML. Purifying twice changes nothing.
 */
export function purify(text: string): string {
  if (!text.includes('<')) return text;
  const { plain, hasTags } = markPlain(text);
  if (!hasTags) return plain;
  if (tooMany(text)) return text.replaceAll('<', '&lt;');
  let before = toHtml(escapeStray(text), OPTIONS);
  for (let pass = 1; pass < MAX_PASSES; pass++) {
    const after = before.includes('<') ? toHtml(before, OPTIONS) : before;
    if (tooMany(after)) return text.replaceAll('<', '&lt;');
    if (after === before) return after;
    before = after;
  }
  return toHtml(before, { ...OPTIONS, allowedTags: [] }).replaceAll('<', '&lt;');
}

/** The library closes `<br />`; a browser, and so the reference, writes `<br>`. Text and attributes hold no bare `>` here. */
const toHtml = (html: string, options: sanitize.IOptions): string =>
  (load('sanitize-html') as typeof sanitize)(html, options).replaceAll(' />', '>');

const tooMany = (text: string): boolean => text.split('<', MAX_TAGS + 2).length > MAX_TAGS + 1;

const OPENS = /[a-z/!?]/i;

/** Escapes the unclosed tags that are not harmless, and tells whether there are whole tags. */
function markPlain(text: string): { plain: string; hasTags: boolean } {
  const lastClose = text.lastIndexOf('>');
  const lastEquals = text.lastIndexOf('=');
  let plain = '';
  let from = 0;
  for (let open = text.indexOf('<'); open !== -1; open = text.indexOf('<', open + 1)) {
    if (!OPENS.test(text.charAt(open + 1))) continue;
    if (open < lastClose) return { plain: text, hasTags: true };
    if (open < lastEquals || NEVER_PLAIN.test(text.slice(open, open + 12))) {
      plain += `${text.slice(from, open)}&lt;`;
      from = open + 1;
    }
  }
  return { plain: plain + text.slice(from), hasTags: false };
}

/** In text that has tags: a `<` that opens none would swallow what follows it, so it is escaped first. */
function escapeStray(text: string): string {
  const lastClose = text.lastIndexOf('>');
  const parts = text.split('<');
  let out = parts[0]!;
  let at = out.length;
  for (const part of parts.slice(1)) {
    const last = at + 1 + part.length === text.length;
    const opens = OPENS.test(part.charAt(0)) && at < lastClose && (last || /[>=]/.test(part) || part.startsWith('!'));
    out += (opens ? '<' : '&lt;') + part;
    at += 1 + part.length;
  }
  return out;
}
