import { isIPv4, isIPv6 } from 'node:net';
import { TemplateError } from '../errors.ts';

const MAX_COUNT = 256;

/**
 * `count` blocks of `2 ** cidrBits` addresses each, from the start of `block`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 */
export function splitCidr(block: string, count: number, cidrBits: number): string[] {
  const { width, address, prefix } = parseBlock(block);
  const length = width - cidrBits;
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw new TemplateError(`Template error: Fn::Cidr count must be between 1 and ${MAX_COUNT}.`);
  }
  if (!Number.isInteger(cidrBits) || cidrBits < 1 || length < prefix) {
    throw new TemplateError(`Template error: Fn::Cidr cidrBits ${cidrBits} does not fit into ${block}.`);
  }
  if (BigInt(count) > 1n << BigInt(length - prefix)) {
    throw new TemplateError(
      `Template error: Fn::Cidr cannot make ${count} blocks of /${length} from ${block}.`,
    );
  }
  const size = 1n << BigInt(cidrBits);
  const start = (address >> BigInt(width - prefix)) << BigInt(width - prefix);
  return Array.from(
    { length: count },
    (_, index) => `${format(start + BigInt(index) * size, width)}/${length}`,
  );
}

function parseBlock(block: string): { width: number; address: bigint; prefix: number } {
  const [ip = '', bits = ''] = block.split('/');
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (isIPv4(ip) && prefix <= 32) {
    const address = ip.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
    return { width: 32, address, prefix };
  }
  if (isIPv6(ip) && !ip.includes('.') && !ip.includes('%') && prefix <= 128) {
    const [head = '', tail] = ip.split('::');
    const front = head ? head.split(':') : [];
    const back = tail ? tail.split(':') : [];
    const groups = [
      ...front,
      ...Array(tail === undefined ? 0 : 8 - front.length - back.length).fill('0'),
      ...back,
    ];
    return {
      width: 128,
      address: groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n),
      prefix,
    };
  }
  throw new TemplateError(`Template error: Fn::Cidr ipBlock "${block}" is no CIDR block.`);
}

function format(address: bigint, width: number): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map(shift => (address >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - index * 16)) & 0xffffn);
  return compress(groups.map(group => group.toString(16)).join(':'));
}

/** The longest run of zero groups as `::`. */
function compress(hex: string): string {
  const runs = [...hex.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length);
  const run = runs[0];
  if (!run) return hex;
  return `${hex.slice(0, run.index)}::${hex.slice(run.index + run[0].length).replace(/^:/, '')}`;
}
