import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/index.js';
import {
  type ApduFacts,
  apduFacts,
  factsOfTag,
  invokeIdOf,
  isIdentifiedResponse,
  isNotification,
  isProtected,
  responseTagOf,
} from '../../src/core/apdu-facts.js';
import { apduArbitrary, apduTypes } from '../../src/testing/apdu-samples.js';
import { Apdu, type ApduType } from '../../src/xdlms/index.js';

const all = Object.entries<ApduFacts>(apduFacts);
const facts: Readonly<Record<string, ApduFacts>> = apduFacts;

/** The invoke-id as the declaration of the APDU says: in the APDU itself, or in the alternative of its CHOICE. */
function declaredInvokeId(apdu: object): number | undefined {
  for (const [name, value] of Object.entries(apdu)) {
    if (/^(long)?InvokeIdAndPriority$/i.test(name)) return (value as { invokeId: number }).invokeId;
    if (name === 'value' && typeof value === 'object' && value !== null) return declaredInvokeId(value);
  }
  return undefined;
}

describe('the table of APDUs', () => {
  it('gives every tag to one APDU', () => {
    const tags = all.map(([, { tag }]) => tag);
    expect(new Set(tags).size).toBe(tags.length);
    for (const [, row] of all) expect(factsOfTag(row.tag)).toBe(row);
    for (const tag of [undefined, 0, 198, 206, 214, 222, 255, 256]) expect(factsOfTag(tag)).toBeUndefined();
  });
  it('has an APDU for each alternative of the CHOICE, and no other', () => {
    expect(all.map(([type]) => type).sort()).toEqual(apduTypes().sort());
  });
  it('has the ciphered tags that the Green Book counts from the plain ones', () => {
    const protectable = all.filter(([, { glo }]) => glo !== undefined);
    expect(protectable).toHaveLength(16);
    for (const [type, { tag, glo, ded }] of protectable) {
      const step = tag < 32 ? 32 : 8;
      expect([type, glo, ded]).toEqual([type, tag + step, tag + 2 * step]);
      expect(facts[`glo-${type}`]).toMatchObject({ tag: glo, plain: tag, protection: 'glo' });
      expect(facts[`ded-${type}`]).toMatchObject({ tag: ded, plain: tag, protection: 'ded' });
    }
  });
  it('answers a request with a response of the other side and the same form of invoke-id', () => {
    const asked = all.filter(([, { response }]) => response !== undefined);
    expect(asked.length).toBeGreaterThan(8);
    for (const [type, { response, invokeId, sender }] of asked) {
      const answer = facts[response as string] as ApduFacts;
      expect([type, answer.invokeId]).toEqual([type, invokeId]);
      expect([sender, answer.sender]).toEqual(['client', 'server']);
      const tag = responseTagOf(Uint8Array.of((facts[type] as ApduFacts).tag));
      expect(tag).toBe(invokeId === undefined ? undefined : answer.tag);
    }
  });
});

describe('what the table says without decoding', () => {
  it.each(apduTypes())('%s has its invoke-id where the table says', (type: ApduType) =>
    fc.assert(
      fc.property(apduArbitrary([type]), (apdu) => {
        const octets = encode(Apdu, apdu);
        expect(invokeIdOf(octets)).toBe(declaredInvokeId(apdu));
        for (const end of [0, 1, 2]) expect(invokeIdOf(octets.subarray(0, end))).toBeUndefined();
      }),
      { numRuns: 50 },
    ),
  );
  it('knows what nobody asked for, what answers with an invoke-id, and what must be opened', () => {
    const those = (is: (apdu: Uint8Array) => boolean) =>
      all.filter(([, { tag }]) => is(Uint8Array.of(tag))).map(([t]) => t);
    expect(those(isNotification).filter((t) => !/^(glo|ded)-/.test(t))).toEqual([
      'data-notification',
      'informationReportRequest',
      'event-notification-request',
    ]);
    expect(those(isIdentifiedResponse)).toEqual([
      'data-notification-confirm',
      'get-response',
      'set-response',
      'action-response',
      'access-response',
    ]);
    expect(those(isProtected)).toEqual(
      all.map(([t]) => t).filter((t) => /^(glo-|ded-|general-((glo|ded)-)?ciphering|general-signing)/.test(t)),
    );
  });
});
