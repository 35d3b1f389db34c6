import { TemplateError } from '../errors.ts';
import { text } from '../json.ts';
import { splitCidr } from './cidr.ts';
import type { Intrinsic } from './scope.ts';

const select: Intrinsic = (argument, _scope, resolve) => {
  const [position, list] = Array.isArray(argument) && argument.length === 2 ? argument.map(resolve) : [];
  const index = /^\d+$/.test(text(position) ?? '') ? Number(position) : undefined;
  if (index === undefined || !Array.isArray(list) || list.includes(null)) {
    throw new TemplateError(
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    );
  }
  if (index >= list.length) {
    throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
  }
  return list[index];
};

const getAZs: Intrinsic = (argument, scope, resolve) => {
  const region = text(resolve(argument));
  if (region === undefined)
    throw new TemplateError('Template error: every Fn::GetAZs object must have a String value.');
  return scope.zones(region || scope.region);
};

const cidr: Intrinsic = (argument, _scope, resolve) => {
  const [block, count, bits] = Array.isArray(argument) && argument.length === 3 ? argument.map(resolve) : [];
  if (typeof block !== 'string') {
    throw new TemplateError(
      'Template error: every Fn::Cidr object requires three parameters: ipBlock, count and cidrBits.',
    );
  }
  return splitCidr(block, Number(text(count)), Number(text(bits)));
};

const length: Intrinsic = (argument, _scope, resolve) => {
  const list = resolve(argument);
  if (!Array.isArray(list))
    throw new TemplateError('Template error: every Fn::Length object requires a list.');
  return list.length;
};

export const listFunctions: Record<string, Intrinsic> = {
  'Fn::Select': select,
  'Fn::GetAZs': getAZs,
  'Fn::Cidr': cidr,
  'Fn::Length': length,
};
