import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Moment } from '../../src/clients.ts';
import { SERVICES } from '../../src/services.ts';
import type { World } from '../../src/world.ts';

/** The world that all chapters share; there once the story has begun. */
export type Given = () => World;

export const STEP_MS = 180_000;

export const NAMES = SERVICES.map(each => each.name);

/** The services other than these. */
export function others(...services: string[]): string[] {
  return NAMES.filter(name => !services.includes(name));
}

/** A part of the story. Whatever happens in it, whoever uses the services does not notice. */
export function chapter(title: string, given: Given, tell: () => void): void {
  describe(title, () => {
    let before: Moment;
    let heard: number;
    let faults: string[];
    beforeAll(() => {
      const { clients, listener } = given();
      before = clients.mark();
      heard = listener.heard();
      faults = listener.faults();
    });

    tell();

    test('meanwhile forty kept connections and those of staging saw no failed request and no version that must not be there', () => {
      const { clients, trespasses } = given();
      expect(clients.failures(before).slice(0, 5)).toEqual([]);
      expect(trespasses(before)).toEqual([]);
      expect(clients.answered(before)).toBeGreaterThan(40);
    });

    test('meanwhile whoever follows the prices of market heard each of them once', () => {
      const { listener } = given();
      expect(listener.faults()).toEqual(faults);
      expect(listener.heard()).toBeGreaterThan(heard);
    });
  });
}
