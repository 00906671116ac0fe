import { expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { Client } from '../../src/client/index.js';
import { DlmsError } from '../../src/core/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { cipheredConfig, connected, contextOf, DirectChannel, meterWith, serverTitle } from '../server/support.js';

it('closes the channel whose opening failed', async () => {
  let closed = 0;
  const failure = new DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'UA to SNRM' });
  const client = new Client({
    open: () => Promise.reject(failure),
    send: () => Promise.resolve(),
    receive: () => Promise.reject(failure),
    close: async () => {
      closed++;
    },
  });
  await expect(client.connect()).rejects.toBe(failure);
  await client.close();
  expect(closed).toBe(1);
});

it('forgets a system title that stood in an AARE that did not verify', async () => {
  const meter = await meterWith(await cipheredConfig());
  const security = await contextOf('client');
  const options = { authentication: { mechanism: 'hls-gmac' as const }, security };
  const forged = new DirectChannel(meter.handler, (answers) =>
    answers.map((a) => {
      const apdu = decode(Apdu, a);
      return apdu.type === 'aare' ? encode(Apdu, { ...apdu, respondingAPTitle: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }) : a;
    }),
  );
  await expect(new Client(forged, options).connect()).rejects.toMatchObject({ code: 'security/authentication-failed' });
  expect(security.peerSystemTitle).toBeUndefined();
  const { client } = await connected(meter, options);
  expect(security.peerSystemTitle).toEqual(serverTitle);
  await client.close();
});
