import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import { ABOUT_SOCKETS } from './async-document.ts';
import { type SocketEvent, type SocketNamespace, socketNamespaces } from './sockets.ts';

/** The only style in a page of ours: whoever serves it has to allow it. */
export const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c1e21; background: #fff }
pre { background: #f4f5f7; padding: .75rem; overflow-x: auto; white-space: pre-wrap } code { background: #f4f5f7 }
section { border-top: 2px solid #d0d4d9; margin-top: 2rem } h3 { margin-bottom: 0 } .way { color: #57606a; font-size: .9em }
@media (prefers-color-scheme: dark) { body { color: #e4e6e9; background: #16181b } pre, code { background: #24272c } .way { color: #9aa4af } }`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
/** Text with `code` in it. */
const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
const block = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;

/** The Socket.IO namespaces as a page for people: no script, nothing from elsewhere. */
export function socketsPage(config: Config): string {
  const namespaces = socketNamespaces(config);
  const links = namespaces.map(
    ({ key, address, title }) => `<li><a href="#${key}"><code>${address}</code></a>: ${escaped(title)}</li>`
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vigil: Socket.IO</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Socket.IO</h1>
<p>${prose(ABOUT_SOCKETS)}</p>
<p>The same as a document for machines: <a href="asyncapi.json">asyncapi.json</a>. The REST APIs: <a href="../api-docs/">api-docs</a>.</p>
<ul>
${links.join('\n')}
</ul>
${namespaces.map(sectionOf).join('\n')}
</body>
</html>
`;
}

function sectionOf({ key, address, title, summary, authorisation, limitations, events }: SocketNamespace): string {
  return `<section id="${key}">
<h2><code>${address}</code>: ${escaped(title)}</h2>
<p>${prose(summary)}</p>
<h3>Authorisation</h3>
<p>${prose(authorisation)}</p>
<h3>Limitations</h3>
<ul>
${limitations.map((sentence) => `<li>${prose(sentence)}</li>`).join('\n')}
</ul>
${events.map((event) => eventOf(key, event)).join('\n')}
</section>`;
}

function eventOf(
  key: string,
  { name, from, summary, description, payload, example, answer, answerExample }: SocketEvent
): string {
  return [
    `<h3 id="${key}-${name}"><code>${name}</code></h3>`,
    `<p class="way">${from === 'client' ? 'client → server' : 'server → client'}</p>`,
    `<p>${prose(`${summary}.`)}${description === undefined ? '' : ` ${prose(description)}`}</p>`,
    payload ? `<p>${about(payload)}</p>${fieldsOf(payload)}${block(example)}` : '<p>Carries nothing.</p>',
    answer ? `<p>Answer: ${about(answer)}</p>${block(answerExample)}` : ''
  ].join('\n');
}

const about = (shape: z.ZodType): string => prose(shape.meta()?.description ?? '');

/** The fields that have something said about them. */
function fieldsOf(shape: z.ZodType): string {
  const fields = Object.entries('shape' in shape ? (shape.shape as Record<string, z.ZodType>) : {});
  const items = fields.flatMap(([name, field]) => {
    const said = field.meta()?.description ?? field.description;
    return said === undefined ? [] : [`<li><code>${name}</code>: ${prose(said)}</li>`];
  });
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
}
