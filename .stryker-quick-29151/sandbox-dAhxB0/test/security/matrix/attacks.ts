import { encode } from '../../../src/axdr/schema.js';
import { concat } from '../../../src/core/bytes.js';
import { DlmsError } from '../../../src/core/errors.js';
import { formatHex } from '../../../src/core/hex.js';
import type { SecurityContext } from '../../../src/security/context.js';
import { type ProtectForm, protect } from '../../../src/security/protect.js';
import { applicationContexts, mechanismName } from '../../../src/xdlms/acse.js';
import { Apdu } from '../../../src/xdlms/apdu.js';
import type { Cell, Party } from './rules.js';
import {
  actOffset,
  baseName,
  keyMaterial,
  type Path,
  payload,
  type Scene,
  Target,
  targetName,
  titles,
} from './scene.js';

/** Does its worst; what came of it is seen from the scene. `seen` gets the octets that this party could read. */
export interface Attack {
  readonly name: string;
  readonly against: Cell['role'];
  readonly parties: readonly Party[];
  run(a: Attacker): Promise<void>;
}
export interface Attacker {
  readonly scene: Scene;
  readonly party: Party;
  readonly seen: Uint8Array[];
}

const everybody: readonly Party[] = ['off-path', 'on-path', 'broadcast-key holder', 'other meter', 'lesser client'];
const onPath: readonly Party[] = ['on-path', 'broadcast-key holder', 'other meter'];
export const evil: Uint8Array = payload('not from the right client');

const invokeIdAndPriority = { invokeId: 1, serviceClass: 'confirmed', priority: 'high' } as const;
const data = { type: 'octet-string', value: evil } as const;
type Step = 'read' | 'write' | 'invoke';
export function requestOf({ referencing }: Cell, step: Step): Uint8Array {
  if (referencing === 'SN') {
    const name = (offset: number) => ({ type: 'variable-name', value: baseName + offset }) as const;
    if (step === 'read') return encode(Apdu, { type: 'readRequest', value: [name(8)] });
    return encode(Apdu, {
      type: 'writeRequest',
      variableAccessSpecification: [name(step === 'write' ? 16 : actOffset)],
      listOfData: [data],
    });
  }
  const { classId } = Target;
  const attribute = (attributeId: number) => ({ classId, instanceId: targetName, attributeId }) as const;
  if (step === 'read')
    return encode(Apdu, {
      type: 'get-request',
      value: { type: 'get-request-normal', invokeIdAndPriority, cosemAttributeDescriptor: attribute(2) },
    });
  if (step === 'write')
    return encode(Apdu, {
      type: 'set-request',
      value: { type: 'set-request-normal', invokeIdAndPriority, cosemAttributeDescriptor: attribute(3), value: data },
    });
  return encode(Apdu, {
    type: 'action-request',
    value: {
      type: 'action-request-normal',
      invokeIdAndPriority,
      cosemMethodDescriptor: { classId, instanceId: targetName, methodId: 1 },
      methodInvocationParameters: data,
    },
  });
}
const steps: readonly Step[] = ['invoke', 'write', 'read'];

/** What this party can protect messages with: its own keys, or guesses. Nobody here has the keys of the right client. */
async function contexts({ scene, party }: Attacker, victim: 'meter' | 'client'): Promise<SecurityContext[]> {
  const { suite } = scene.cell;
  const to = titles[victim];
  const honest = titles[victim === 'meter' ? 'client' : 'meter'];
  const all = keyMaterial(suite, 1);
  const guessed = keyMaterial(suite, 4);
  const make = (salt: number, own: Uint8Array, material = keyMaterial(suite, salt)): Promise<SecurityContext> =>
    scene.contextOf(salt, own, to, { material, broadcast: true });
  const out = [await make(4, honest)];
  if (party === 'broadcast-key holder') {
    const { globalBroadcast, authentication } = all;
    // Every way to use it: as what it is, and as if it were the other one.
    out.push(
      await make(1, honest, { ...guessed, globalBroadcast, authentication }),
      await make(1, titles.other, { ...guessed, globalBroadcast, authentication }),
    );
    out.push(await make(1, honest, { ...guessed, globalUnicast: globalBroadcast, authentication }));
  }
  if (party === 'other meter') out.push(await make(2, titles.other), await make(2, honest));
  if (party === 'lesser client') out.push(await make(3, titles.lesser), await make(3, honest));
  return out;
}
function formsOf({ suite }: Cell): readonly (ProtectForm | readonly ProtectForm[])[] {
  const general = (['global-unicast', 'global-broadcast', 'wrapped'] as const).map(
    (key) => ({ type: 'general-ciphering', key }) as const,
  );
  const signed =
    suite === 0
      ? []
      : [
          { type: 'general-signing' } as const,
          [{ type: 'general-signing' }, 'general-glo'] as const,
          { type: 'general-ciphering', key: 'static' } as const,
        ];
  return ['glo', 'general-glo', ...general, ...signed];
}
const levels = [{ authenticated: true, encrypted: true }, { authenticated: true }, { encrypted: true }] as const;

/** Every form of `plain` that the party can make. */
async function forged(attacker: Attacker, victim: 'meter' | 'client', plain: Uint8Array): Promise<Uint8Array[]> {
  const out = [plain, withEmptyHeader(plain)];
  for (const context of await contexts(attacker, victim))
    for (const form of formsOf(attacker.scene.cell))
      for (const protection of levels)
        for (const broadcast of attacker.party === 'broadcast-key holder' ? [false, true] : [false]) {
          try {
            out.push(await protect(plain, context, { form, protection, broadcast }));
          } catch (e) {
            if (!(e instanceof DlmsError)) throw e;
          }
        }
  return out;
}
/** A general-glo-ciphering whose security control says that nothing was done. */
function withEmptyHeader(plain: Uint8Array): Uint8Array {
  const length = plain.length + 5;
  return concat(
    Uint8Array.of(0xdb, 8),
    titles.client,
    length < 0x80 ? Uint8Array.of(length) : Uint8Array.of(0x81, length),
    Uint8Array.of(0, 0, 0, 0, 1),
    plain,
  );
}
const initiate: Uint8Array = encode(Apdu, {
  type: 'initiateRequest',
  responseAllowed: true,
  proposedDlmsVersionNumber: 6,
  proposedConformance: [
    'get',
    'set',
    'action',
    'read',
    'write',
    'general-protection',
    'selective-access',
    'block-transfer-with-get-or-read',
  ],
  clientMaxReceivePduSize: 0,
});
/** AARQs of every mechanism and context that the party can make up. */
async function associationRequests(attacker: Attacker): Promise<Uint8Array[]> {
  const { referencing } = attacker.scene.cell;
  const out: Uint8Array[] = [];
  for (const ciphering of ['no', 'with'] as const)
    for (const mechanism of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const information = ciphering === 'no' ? [initiate] : (await forged(attacker, 'meter', initiate)).slice(0, 6);
      for (const userInformation of information)
        out.push(
          encode(Apdu, {
            type: 'aarq',
            applicationContextName: applicationContexts[`${referencing}_${ciphering}_ciphering`],
            callingAPTitle: titles.client,
            ...(mechanism === 0
              ? {}
              : {
                  senderAcseRequirements: '1',
                  mechanismName: mechanismName(mechanism),
                  callingAuthenticationValue: {
                    type: 'charstring' as const,
                    value: payload('a guess, or a challenge.........').slice(0, 32),
                  },
                }),
            userInformation,
          }),
        );
    }
  return out;
}
const isAccepted = (answers: readonly Uint8Array[]): boolean =>
  answers.some((a) => a[0] === 0x61 && formatHex(a).includes('A203020100'));

/** Runs a session of the right client and keeps what it sent. */
async function recorded({ scene, seen }: Attacker): Promise<Uint8Array[]> {
  const sent: Uint8Array[] = [];
  const right = scene.rightClient({
    request: (apdu) => {
      sent.push(apdu.slice());
      return [apdu];
    },
    response: (answers) => {
      seen.push(...answers);
      return answers;
    },
  });
  await right.run();
  await right.close();
  return sent;
}
const isService = (apdu: Uint8Array): boolean => apdu[0] !== 0x60 && apdu[0] !== 0x62;
/** Tells the requests behind the opening from those of the opening: the reply to the challenge of the meter is a request too. */
function inside({ mechanism, preEstablished }: Cell): (apdu: Uint8Array) => boolean {
  let left = mechanism.startsWith('hls') && !preEstablished ? 1 : 0;
  return (apdu) => isService(apdu) && left-- <= 0;
}

/** Where the security header of a ciphered APDU stands, or undefined. */
function headerAt(apdu: Uint8Array): number | undefined {
  const tag = apdu[0] as number;
  let at = 1;
  if (tag === 0xdb || tag === 0xdc) at += 1 + (apdu[1] as number);
  else if (!((tag >= 0xc8 && tag <= 0xcf) || (tag >= 0x25 && tag <= 0x2c))) return undefined;
  const n = apdu[at] as number;
  return at + 1 + (n > 0x80 ? n - 0x80 : 0);
}
/** `inner` enciphered with the key stream of a message whose plaintext is known, under its counter: encrypted only. */
function wrappedInStream(
  held: Uint8Array,
  knownPlain: Uint8Array,
  inner: Uint8Array,
  control: number,
): Uint8Array | undefined {
  const at = headerAt(held);
  if (at === undefined || inner.length > knownPlain.length) return undefined;
  const stream = knownPlain.map((o, i) => o ^ (held[at + 5 + i] as number));
  const content = inner.map((o, i) => o ^ (stream[i] as number));
  const body = concat(Uint8Array.of(control), held.subarray(at + 1, at + 5), content);
  const length =
    body.length < 0x80 ? Uint8Array.of(body.length) : Uint8Array.of(0x82, body.length >> 8, body.length & 0xff);
  return concat(Uint8Array.of(0xdb, 8), titles.client, length, body);
}

export const attacks: readonly Attack[] = [
  {
    name: 'requests without an association',
    against: 'meter',
    parties: everybody,
    async run(a) {
      const ask = a.scene.connection();
      for (const step of steps)
        for (const apdu of await forged(a, 'meter', requestOf(a.scene.cell, step))) a.seen.push(...(await ask(apdu)));
    },
  },
  {
    name: 'an association of a lesser mechanism, then requests',
    against: 'meter',
    parties: everybody,
    async run(a) {
      for (const aarq of await associationRequests(a)) {
        const ask = a.scene.connection();
        const answers = await ask(aarq);
        a.seen.push(...answers);
        if (isAccepted(answers))
          for (const step of steps)
            for (const apdu of (await forged(a, 'meter', requestOf(a.scene.cell, step))).slice(0, 12))
              a.seen.push(...(await ask(apdu)));
      }
    },
  },
  {
    name: 'own association of a client with lesser rights, then requests of the other',
    against: 'meter',
    parties: ['lesser client'],
    async run(a) {
      const ask = a.scene.connection(2);
      const aarq = encode(Apdu, {
        type: 'aarq',
        applicationContextName: applicationContexts.LN_no_ciphering,
        senderAcseRequirements: '1',
        mechanismName: mechanismName(1),
        callingAuthenticationValue: { type: 'charstring', value: new TextEncoder().encode('other password') },
        userInformation: initiate,
      });
      if (!isAccepted(await ask(aarq))) throw new Error('the client with lesser rights cannot connect');
      for (const step of steps)
        for (const apdu of await forged(a, 'meter', requestOf({ ...a.scene.cell, referencing: 'LN' }, step)))
          a.seen.push(...(await ask(apdu)));
    },
  },
  {
    name: 'recorded messages again: alone, in order, after a recorded opening, inside a new session',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const session = await recorded(a);
      const inOrder = a.scene.connection();
      for (const apdu of session) a.seen.push(...(await inOrder(apdu)));
      for (const apdu of session.filter(isService)) {
        const ask = a.scene.connection();
        a.seen.push(...(await ask(apdu)), ...(await ask(session[0] as Uint8Array)), ...(await ask(apdu)));
      }
      const within = inside(a.scene.cell);
      const again = a.scene.rightClient({
        request: (apdu) => (within(apdu) ? [...session.filter(isService), apdu, apdu] : [apdu]),
      });
      await again.run();
      await again.close();
    },
  },
  {
    name: 'messages of an earlier session instead of those of this one',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const session = (await recorded(a)).filter(isService).slice(-3);
      let n = 0;
      const within = inside(a.scene.cell);
      const right = a.scene.rightClient({
        request: (apdu) => (within(apdu) && n < session.length ? [session[n++] as Uint8Array] : [apdu]),
      });
      await right.run();
      await right.close();
    },
  },
  {
    name: 'requests of his own inside the session of the right client',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const extra: Uint8Array[] = [];
      for (const step of steps) extra.push(...(await forged(a, 'meter', requestOf(a.scene.cell, step))));
      const within = inside(a.scene.cell);
      const right = a.scene.rightClient({
        async request(apdu, ask) {
          if (within(apdu)) for (const e of extra) a.seen.push(...(await ask(e)));
          return [apdu];
        },
      });
      await right.run();
      await right.close();
    },
  },
  {
    name: 'turned bits, cut tags, changed controls',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const variants = (apdu: Uint8Array): Uint8Array[] => {
        const at = headerAt(apdu);
        if (at === undefined) return [apdu.map((o, i) => (i >= apdu.length - 4 ? o ^ 1 : o))];
        const control = apdu[at] as number;
        const flips = [apdu.length - 1, apdu.length - 13, apdu.length - 14, apdu.length - 16].map((i) =>
          apdu.map((o, k) => (k === i ? o ^ 0x21 : o)),
        );
        const controls = [control & ~0x10, control & ~0x20, control | 0x40, control & 0x0f, control ^ 0x30].map((c) =>
          apdu.map((o, k) => (k === at ? c : o)),
        );
        const counters = [0xff, 0x00].map((c) => apdu.map((o, k) => (k >= at + 1 && k < at + 5 ? c : o)));
        return [...flips, ...controls, ...counters];
      };
      const within = inside(a.scene.cell);
      const right = a.scene.rightClient({
        async request(apdu, ask) {
          if (within(apdu)) for (const v of variants(apdu)) a.seen.push(...(await ask(v)));
          return [apdu];
        },
      });
      await right.run();
      await right.close();
    },
  },
  {
    name: 'an old message, or an own one, in the key stream of a message held back',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const old = (await recorded(a)).filter(isService);
      const within = inside(a.scene.cell);
      // The plaintext of the held message is known: the client does the same every time, and the value is guessed.
      const right = a.scene.rightClient({
        async request(apdu, ask) {
          const at = headerAt(apdu);
          if (at === undefined || !within(apdu)) return [apdu];
          const control = apdu[at] as number;
          const known = a.scene.asked.at(-1);
          const request = requestOf(a.scene.cell, 'invoke');
          const write = requestOf(a.scene.cell, 'write');
          for (const base of [request, write]) {
            const value =
              known === undefined ? evil : Uint8Array.from(known.match(/../g) ?? [], (h) => Number.parseInt(h, 16));
            const knownPlain = concat(base.subarray(0, base.length - evil.length), value);
            const length = apdu.length - at - 5 - ((control & 0x10) === 0 ? 0 : 12);
            if ((control & 0x20) === 0 || length !== knownPlain.length) continue;
            // The invoke-id is one of 15: the attacker tries them all.
            for (let id = 0; id < 16; id++) {
              const plain = knownPlain.map((o, i) =>
                i === 2 && a.scene.cell.referencing === 'LN' ? (o & 0xf0) | id : o,
              );
              for (const inner of [requestOf(a.scene.cell, 'invoke'), requestOf(a.scene.cell, 'write'), ...old])
                for (const c of [(control & 0x4f) | 0x20, control & 0x6f]) {
                  const made = wrappedInStream(apdu, plain, inner, c);
                  if (made !== undefined) a.seen.push(...(await ask(made)));
                }
            }
          }
          return [];
        },
      });
      await right.run(['write', 'invoke']);
      await right.close();
    },
  },
  {
    name: 'a recorded message inside a layer of his own',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const session = await recorded(a);
      const wrapped: Uint8Array[] = [];
      for (const apdu of session.filter(isService)) wrapped.push(...(await forged(a, 'meter', apdu)).slice(1));
      const within = inside(a.scene.cell);
      const right = a.scene.rightClient({
        async request(apdu, ask) {
          if (within(apdu)) for (const w of wrapped.slice(0, 120)) a.seen.push(...(await ask(w)));
          return [apdu];
        },
      });
      await right.run();
      await right.close();
    },
  },
  {
    name: 'another context or mechanism written into the opening',
    against: 'meter',
    parties: onPath,
    async run(a) {
      const requests = await associationRequests(a);
      for (const aarq of requests.slice(0, 8)) {
        const right = a.scene.rightClient({ request: (apdu) => (apdu[0] === 0x60 ? [aarq] : [apdu]) });
        await right.run();
        await right.close();
      }
    },
  },
  {
    name: 'a request as the challenge: the tag of the reply under it',
    against: 'meter',
    parties: onPath,
    async run(a) {
      for (const step of ['invoke', 'write'] as const) {
        const request = requestOf(a.scene.cell, step);
        let reply: Uint8Array | undefined;
        const right = a.scene.rightClient({
          request: (apdu) => {
            if (apdu[0] !== 0x60) reply ??= apdu;
            return [apdu];
          },
          response: (answers) =>
            answers.map((answer) => {
              // The challenge of the server is the 32 octets behind AA 12 or so: every place where it may stand is overwritten.
              if (answer[0] !== 0x61) return answer;
              const text = formatHex(answer);
              const at = text.indexOf('AA');
              if (at < 0) return answer;
              const start = at / 2 + 4;
              return answer.map((o, i) =>
                i >= start && i < start + request.length ? (request[i - start] as number) : o,
              );
            }),
        });
        await right.run();
        await right.close();
        if (reply === undefined) continue;
        // SC, IC and tag of the reply around the request: an authenticated-only message.
        const tail = reply.subarray(-17);
        const body = concat(tail.subarray(0, 5), request, tail.subarray(5));
        const ask = a.scene.connection();
        a.seen.push(...(await ask(concat(Uint8Array.of(0xdb, 8), titles.client, Uint8Array.of(body.length), body))));
      }
    },
  },
  {
    name: 'counters at their end and openings without keys, to lock the right client out',
    against: 'meter',
    parties: everybody,
    async run(a) {
      const highest = Uint8Array.of(0xff, 0xff, 0xff, 0xfe);
      for (const control of [0x10, 0x20, 0x30, 0x00, 0x60, 0x70]) {
        const body = concat(
          Uint8Array.of(control | a.scene.cell.suite),
          highest,
          payload('no key made this'),
          new Uint8Array(12),
        );
        const ask = a.scene.connection();
        for (const front of [
          concat(Uint8Array.of(0xdb, 8), titles.client),
          Uint8Array.of(0xc8),
          Uint8Array.of(0xcb),
          Uint8Array.of(0x25),
        ])
          a.seen.push(...(await ask(concat(front, Uint8Array.of(body.length), body))));
      }
      for (const aarq of (await associationRequests(a)).slice(0, 30)) await a.scene.connection()(aarq);
    },
  },
  // ── against the client ───────────────────────────────────────────────────────────────────────────────
  {
    name: 'answers of his own instead of those of the meter',
    against: 'client',
    parties: onPath,
    async run(a) {
      for (const answer of await falseAnswers(a)) {
        const within = inside(a.scene.cell);
        await oneRun(a, { response: (answers, request) => (within(request) ? [answer] : answers) });
      }
    },
  },
  {
    name: 'answers of his own to requests that never arrive',
    against: 'client',
    parties: onPath,
    async run(a) {
      for (const answer of await falseAnswers(a)) {
        const [asked, answered] = [inside(a.scene.cell), inside(a.scene.cell)];
        await oneRun(a, {
          request: (apdu) => (asked(apdu) ? [] : [apdu]),
          response: (answers, request) => (answered(request) ? [answer] : answers),
        });
      }
    },
  },
  {
    name: 'earlier answers to later requests',
    against: 'client',
    parties: onPath,
    async run(a) {
      const earlier: Uint8Array[] = [];
      await oneRun(a, {
        response: (answers, request) => {
          if (isService(request)) earlier.push(...answers.map((o) => o.slice()));
          return answers;
        },
      });
      // Nothing arrives; each request is answered with an answer to an earlier one.
      for (const shift of [1, 2, 3]) {
        let n = earlier.length - shift;
        await oneRun(a, {
          request: (apdu) => (isService(apdu) && n < earlier.length ? [] : [apdu]),
          response: (answers, request) =>
            isService(request) && n < earlier.length ? [earlier[Math.max(0, n++)] as Uint8Array] : answers,
        });
      }
    },
  },
  {
    name: 'turned bits in answers',
    against: 'client',
    parties: onPath,
    async run(a) {
      for (const back of [1, 3, 13, 14, 20])
        await oneRun(a, {
          response: (answers, request) =>
            isService(request) ? answers.map((x) => x.map((o, i) => (i === x.length - back ? o ^ 1 : o))) : answers,
        });
    },
  },
  {
    name: 'a false meter',
    against: 'client',
    parties: onPath,
    async run(a) {
      const { referencing } = a.scene.cell;
      const response = encode(Apdu, {
        type: 'initiateResponse',
        negotiatedDlmsVersionNumber: 6,
        negotiatedConformance: ['get', 'set', 'action', 'read', 'write'],
        serverMaxReceivePduSize: 0,
        vaaName: referencing === 'LN' ? 7 : -1536,
      });
      const opens: Uint8Array[] = [];
      for (const ciphering of ['no', 'with'] as const)
        for (const userInformation of ciphering === 'no'
          ? [response]
          : (await forged(a, 'client', response)).slice(0, 8))
          for (const challenged of [false, true])
            opens.push(
              encode(Apdu, {
                type: 'aare',
                applicationContextName: applicationContexts[`${referencing}_${ciphering}_ciphering`],
                result: 'accepted',
                resultSourceDiagnostic: {
                  type: 'acse-service-user',
                  value: challenged ? 'authentication-required' : 'null',
                },
                respondingAPTitle: titles.meter,
                ...(challenged
                  ? {
                      responderAcseRequirements: '1',
                      respondingAuthenticationValue: {
                        type: 'charstring' as const,
                        value: payload('a challenge of a false meter....').slice(0, 32),
                      },
                    }
                  : {}),
                userInformation,
              }),
            );
      const answers = await falseAnswers(a);
      for (const aare of opens)
        await oneRun(a, {
          request: () => [],
          response: (_, request) => (request[0] === 0x60 ? [aare] : request[0] === 0x62 ? [] : answers.slice(0, 1)),
        });
    },
  },
  {
    name: 'errors in clear about counters, to use the counter up',
    against: 'client',
    parties: onPath,
    async run(a) {
      const error = Uint8Array.of(0xd8, 1, 6, 0xff, 0xff, 0xff, 0xf0);
      const smaller = Uint8Array.of(0xd8, 1, 6, 0x0f, 0xff, 0xff, 0xff);
      for (let n = 0; n < 20; n++)
        await oneRun(a, { request: () => [], response: () => [n % 2 === 0 ? error : smaller] });
    },
  },
];

async function oneRun({ scene, seen }: Attacker, path: Path): Promise<void> {
  const right = scene.rightClient({
    ...path,
    async response(answers, request) {
      seen.push(request);
      return (await path.response?.(answers, request)) ?? answers;
    },
  });
  await right.run();
  await right.close();
}
/** What would be believed: another value, success of a write, success of an action; in every form that the party can make, for some invoke-ids. */
async function falseAnswers(a: Attacker): Promise<Uint8Array[]> {
  const plain: Uint8Array[] = [];
  if (a.scene.cell.referencing === 'SN') {
    plain.push(
      encode(Apdu, { type: 'readResponse', value: [{ type: 'data', value: data }] }),
      encode(Apdu, { type: 'writeResponse', value: [{ type: 'success' }] }),
    );
  } else
    for (const invokeId of [1, 2, 3, 4]) {
      const invoke = { invokeId, serviceClass: 'confirmed', priority: 'high' } as const;
      plain.push(
        encode(Apdu, {
          type: 'get-response',
          value: { type: 'get-response-normal', invokeIdAndPriority: invoke, result: { type: 'data', value: data } },
        }),
        encode(Apdu, {
          type: 'set-response',
          value: { type: 'set-response-normal', invokeIdAndPriority: invoke, result: 'success' },
        }),
        encode(Apdu, {
          type: 'action-response',
          value: { type: 'action-response-normal', invokeIdAndPriority: invoke, singleResponse: { result: 'success' } },
        }),
      );
    }
  const out: Uint8Array[] = [...plain];
  for (const p of [plain[0], plain[1], plain[2]])
    if (p !== undefined) out.push(...(await forged(a, 'client', p)).slice(1, 8));
  return out;
}
