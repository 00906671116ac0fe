import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { contextOf, DirectChannel, failureOf, meterWith } from './support.js';

const hls = { authentication: { mechanism: 'hls-gmac' as const }, recoverCounter: false };

describe('one context for all associations', () => {
  it('an attacker who sends an AARQ under another title would lock the right client out: a context that is given twice is refused by name', async () => {
    const shared = await contextOf('server');
    const meter = await meterWith({ mechanism: 'hls-gmac', ciphering: 'required', security: () => shared });
    const connect = async (): Promise<string> =>
      failureOf(async () =>
        new Client(new DirectChannel(meter.handler), { ...hls, security: await contextOf('client') }).connect(),
      );
    expect(await connect()).toBe('no error');
    expect(meter.errors).toEqual([]);
    expect(await connect()).not.toBe('no error');
    expect(meter.errors).toMatchObject([{ code: 'configuration/invalid' }]);
  });
});
