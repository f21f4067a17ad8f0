const KEEP_MS = 48 * 3_600_000;
const LISTS = ['sgvs', 'mbgs', 'treatments', 'profiles'];

/** What the page knows before it knows anything; `version` rises with each change. */
export const nothing = () => ({ sgvs: [], mbgs: [], treatments: [], profiles: [], status: undefined, loaded: false, version: 0 });

/**
 * Takes a `dataUpdate` of the root socket in. A packet without `delta` replaces, one with `delta` changes: readings replace those
 * of the same time, treatments those of the same `_id`, and `action: "remove"` takes away.
 * @param now epoch ms
 */
export function applyUpdate(state, packet, now) {
  const next = { ...state, loaded: true, version: state.version + 1 };
  if (packet.status) next.status = packet.status;
  for (const name of LISTS) {
    const list = packet[name];
    if (!Array.isArray(list)) continue;
    if (!packet.delta || name === 'profiles') next[name] = list;
    else next[name] = merged(state[name], list, name === 'treatments' ? '_id' : 'mills', now);
  }
  return next;
}

function merged(before, changes, key, now) {
  const gone = changes.filter(({ action }) => action === 'remove');
  const fresh = changes.filter(({ action }) => action !== 'remove').map(({ action: _, ...item }) => item);
  const replaced = new Set(fresh.map((item) => item[key]));
  // a treatment may leave although it is young, and a reading that moved leaves its old time only
  const isGone = (item) =>
    gone.some(({ _id, mills }) => item._id === _id && (key === '_id' || mills === undefined || item.mills === mills));
  return [...before.filter((item) => !replaced.has(item[key]) && !isGone(item)), ...newestOf(fresh, key)]
    .filter(({ mills }) => key === '_id' || mills > now - KEEP_MS)
    .sort((a, b) => a.mills - b.mills);
}

/** The last one of several with the same key. */
const newestOf = (items, key) => [...new Map(items.map((item) => [item[key], item])).values()];
