import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeXml } from '../../core/xml.ts';
import { s3Error } from './errors.ts';

export type XmlValue = string | number | boolean | Date | undefined | XmlRecord | readonly XmlValue[];
export interface XmlRecord {
  readonly [name: string]: XmlValue;
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole answer. Lists are repeated elements, dates ISO 8601, undefined is left out. */
export function renderDocument(root: string, value: XmlRecord, withNamespace = true): string {
  const attribute = withNamespace ? ` xmlns="${namespace}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${render(value)}</${root}>`;
}

const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: false });

/** The content of the root element; throws MalformedXML. Repeated elements are lists, single ones are not. */
export function parseDocument(text: string, root: string): Record<string, unknown> {
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) throw s3Error('MalformedXML');
  const parsed = parser.parse(text) as Record<string, unknown>;
  const value = parsed[root];
  if (typeof value !== 'object' || value === null) throw s3Error('MalformedXML');
  return value as Record<string, unknown>;
}

/** An element that may be there once, often or not at all. */
export function elements(value: unknown): Record<string, unknown>[] {
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return all.map(each => {
    if (typeof each !== 'object' || each === null) throw s3Error('MalformedXML');
    return each as Record<string, unknown>;
  });
}

function render(record: XmlRecord): string {
  return Object.entries(record)
    .map(([name, value]) =>
      Array.isArray(value) ? value.map(each => element(name, each)).join('') : element(name, value),
    )
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object') return `<${name}>${render(value as XmlRecord)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}
