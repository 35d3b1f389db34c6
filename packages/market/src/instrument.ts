/** What is traded. Companies of the generated market do not exist. */
export type Instrument = {
  readonly symbol: string;
  readonly name: { readonly en: string; readonly zh: string };
};

/** The currency of all prices; they are kept in its cents. */
export const currency: 'USD' = 'USD';

/** What the symbol of an instrument looks like. */
export const symbolPattern = /^[A-Z]{1,6}$/;
