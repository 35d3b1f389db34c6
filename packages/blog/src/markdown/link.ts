import { maxLinkLength } from './limits.ts';

/** What every link tells search engines and the page that it leads to. */
export const linkRelation = 'nofollow noopener ugc';

/** Whether a text may link there: a whole address of the web, or a mailbox. */
export function isAllowedLink(address: string): boolean {
  return (
    address.length <= maxLinkLength &&
    /^(https?:\/\/[^/\\]|mailto:[^/\\])/i.test(address) &&
    URL.canParse(address)
  );
}
