/** A module of the pages, as the browser loads it; only those that need no document can be loaded here. */
export const browserModule = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../src/pages/assets/js/${name}.js`, import.meta.url).href)) as T;
