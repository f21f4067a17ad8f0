/** What a timeline can hold. */
export interface Dated {
  readonly _id: string;
  /** epoch ms */
  readonly mills: number;
}

/** More changes than this are sorted in at once, fewer are put in one by one. */
const FEW = 16;

/**
 * Documents by `_id`, listed ascending by `mills` (equal times in order of arrival). The list is replaced, never changed in
 * place, so that whoever read it may keep it.
 */
export class Timeline<T extends Dated> {
  #list: readonly T[] = [];
  readonly #byId = new Map<string, T>();
  /** what the list still shows of documents that changed since; undefined: it does not show them */
  readonly #stale = new Map<string, T | undefined>();

  get(_id: string): T | undefined {
    return this.#byId.get(_id);
  }

  put(item: T): void {
    this.#note(item._id);
    this.#byId.set(item._id, item);
  }

  drop(_id: string): void {
    if (!this.#byId.has(_id)) return;
    this.#note(_id);
    this.#byId.delete(_id);
  }

  /** Drops everything older than `cutoff` (epoch ms). */
  dropBefore(cutoff: number): void {
    for (const item of this.list()) {
      if (item.mills >= cutoff) return;
      this.drop(item._id);
    }
  }

  /** The same array until something changes. */
  list(): readonly T[] {
    if (this.#stale.size === 0) return this.#list;
    this.#list = this.#stale.size > FEW ? this.#merged() : this.#spliced();
    this.#stale.clear();
    return this.#list;
  }

  #note(_id: string): void {
    if (!this.#stale.has(_id)) this.#stale.set(_id, this.#byId.get(_id));
  }

  #spliced(): readonly T[] {
    const list = this.#list.slice();
    for (const [_id, old] of this.#stale) {
      const item = this.#byId.get(_id);
      if (old) {
        let at = firstNotBefore(list, old.mills);
        while (list[at]?._id !== _id) at += 1;
        if (item?.mills === old.mills) {
          list[at] = item;
          continue;
        }
        list.splice(at, 1);
      }
      if (item) list.splice(firstAfter(list, item.mills), 0, item);
    }
    return list;
  }

  #merged(): readonly T[] {
    const kept: T[] = [];
    for (const item of this.#list) {
      const current = this.#stale.has(item._id) ? this.#byId.get(item._id) : item;
      if (current?.mills === item.mills) kept.push(current);
    }
    for (const [_id, old] of this.#stale) {
      const item = this.#byId.get(_id);
      if (item && item.mills !== old?.mills) kept.push(item);
    }
    return kept.sort((a, b) => a.mills - b.mills);
  }
}

/** Index of the first element at or after `mills`; the length when there is none. */
export function firstNotBefore(list: readonly { readonly mills: number }[], mills: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.mills < mills) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first element after `mills`. */
export function firstAfter(list: readonly { readonly mills: number }[], mills: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.mills <= mills) low = middle + 1;
    else high = middle;
  }
  return low;
}
