import { presentDoc, type V3Collection } from '../../collections/v3-document.ts';
import type { Doc, Stored } from '../../storage/port.ts';

const ID_FIRST = /^\{"_id":"([^"\\]*)",/;
const SEALED = /,"srvModified":(\d+),"srvCreated":\d+\}$/;
const IDENTIFIER = '"identifier":';

/** A document as JSON text in v3's words, and its srvModified in epoch ms where it has one. */
export interface Presented {
  readonly json: string;
  readonly modified: number | undefined;
}

/**
 * Presents a stored document without parsing it where its text shows that nothing but `_id` has to change: a page of
 * history is mostly copying. Anything unusual takes the way through {@link presentDoc}; both give the same answer.
 */
export function presentJson(collection: V3Collection, stored: Stored): Presented {
  const { json } = stored;
  const id = ID_FIRST.exec(json);
  const sealed = id && SEALED.exec(json);
  if (!id || !sealed) return presentSlowly(collection, stored.doc);
  const modified = Number(sealed[1]);
  const at = json.indexOf(IDENTIFIER, id[0].length);
  if (at < 0) return { json: `{${json.slice(id[0].length, -1)},"identifier":"${id[1]}"}`, modified };
  // a key outside of every nested object, with text as its value: then the name is the document's own
  if (!/["]/.test(json[at + IDENTIFIER.length] ?? '') || json[at + IDENTIFIER.length + 1] === '"' || !isTopLevel(json, at))
    return presentSlowly(collection, stored.doc);
  return { json: `{${json.slice(id[0].length)}`, modified };
}

function presentSlowly(collection: V3Collection, doc: Doc): Presented {
  const shown = presentDoc(collection, doc);
  return { json: JSON.stringify(shown), modified: typeof shown.srvModified === 'number' ? shown.srvModified : undefined };
}

/** Whether the key at `at` belongs to the outermost object: from there to the end exactly one bracket closes more than opens. */
function isTopLevel(json: string, at: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = at; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inText) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inText = false;
    } else if (c === 0x22) inText = true;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d || c === 0x5d) depth--;
  }
  return depth === -1;
}
