/** The price of one share at one moment. */
export type Quote = {
  readonly symbol: string;
  readonly name: string;
  /** In dollars, to the cent. */
  readonly price: number;
  /** Per cent since midnight UTC, to two digits. */
  readonly change: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
};

/** Whether this can be the symbol of a share at all. */
export function isSymbol(text: string): boolean {
  return /^[A-Z]{1,6}$/.test(text);
}
