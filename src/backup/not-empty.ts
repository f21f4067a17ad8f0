/** Name of {@link NotEmpty} where only that arrives, from another process. */
export const NOT_EMPTY = 'NotEmpty';

/** The database to be replaced has documents, and nobody said that it may be; the message counts them. */
export class NotEmpty extends Error {
  override readonly name = NOT_EMPTY;
}
