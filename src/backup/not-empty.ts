/** The database to be replaced has documents, and nobody said that it may be; the message counts them. */
export class NotEmpty extends Error {}
