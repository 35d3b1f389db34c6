/** The longest post and comment, in UTF-16 code units. */
export const maxPostLength = 20_000;
export const maxCommentLength = 4000;

/** How deep blocks and emphasis may stand in each other: eight lists, sixteen quotes. */
export const maxDepth = 16;

/**
 * How many parts (paragraphs, cells, words in emphasis…) a text may have. A few characters make tens of thousands
 * of table cells; nobody writes as many by hand.
 */
export const maxParts = 10_000;

/** The longest address of a link. */
export const maxLinkLength = 2000;

/**
 * How long all addresses together may be, for each character of the text: one long address that is defined once
 * and used by reference a thousand times would make megabytes.
 */
export const maxLinkExpansion = 4;
