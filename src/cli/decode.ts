import { oneOfEach } from '../axdr/decode-noting.js';
import { formatHex } from '../core/hex.js';
import { dateTimeFromBytes } from '../cosem/date-time.js';
import { formatDateTime } from '../cosem/date-time-text.js';
import { plainPushItem, plainReading, pushListOf, readingsOf } from '../cosem/push-readings.js';
import { decipherWith } from '../translator/decipher.js';
import { explain } from '../translator/explain.js';
import { explainText } from '../translator/explain-text.js';
import { apduToJson, type JsonObject } from '../translator/json.js';
import { apduToXml } from '../translator/xml.js';
import { type Command, command } from './command.js';
import { exitCodes, Failure, failureOf, usage } from './failure.js';
import { octetsFrom } from './input.js';
import type { Io } from './io.js';
import { givenKeys, keyOptions, keysNote } from './keys.js';
import { apdusIn, type Message, MessageReader, type Mode, type OpenOptions } from './messages.js';
import { explainKeys, explainNames } from './names.js';
import { type Paint, painter } from './text.js';
import { nameOf, readingsTable } from './values.js';

export const decodeCommand: Command = command({
  name: 'decode',
  summary: 'decode octets: APDU, wrapper, HDLC or M-Bus, recognised automatically; deciphers with keys',
  arguments: '[HEX|FILE|-]',
  count: [0, 1],
  options: {
    ...keyOptions,
    'system-title': {
      type: 'string',
      value: 'HEX',
      help: 'system title of the sender, 8 octets; only needed if messages do not contain it',
    },
    unverified: {
      type: 'boolean',
      help: 'also read messages that cannot be verified (no authentication key, or encrypted only); the output says authenticated: false',
    },
    json: { type: 'boolean', help: 'JSON, for programs' },
    xml: { type: 'boolean', help: "the plain APDUs in the DLMS UA's XML format" },
    readings: { type: 'boolean', help: 'only the readings of pushes' },
    strict: { type: 'boolean', help: 'refuse every deviation from the standard' },
    lenient: {
      type: 'boolean',
      help: 'accept known deviations from the start; default: only where strict decoding fails, and each is named',
    },
    paths: { type: 'boolean', help: 'show the path of each value in the tree' },
  },
  notes: [
    'Frames are joined, blocks of general block transfer are reassembled, ciphered APDUs are deciphered and verified. Pushes that name their values are listed as readings.',
    'Unverified content is never shown as if it were verified: a message that cannot be authenticated is opened only with --unverified.',
    keysNote,
  ],
  examples: [
    'dlms-cosem decode C001C100080000010000FF0200',
    'dlms-cosem decode push.hex --keys keys.json',
    'dlms-cosem decode push.hex --ask ek --unverified',
    'cat dump.bin | dlms-cosem decode - --json',
  ],
  async run([argument], values, io) {
    if (values.strict === true && values.lenient === true) throw usage('--strict and --lenient exclude each other');
    if (values.json === true && values.xml === true) throw usage('--json and --xml exclude each other');
    const mode: Mode = values.strict === true ? 'strict' : values.lenient === true ? 'lenient' : 'both';
    const options: OpenOptions = { keys: await givenKeys(values, io), unverified: values.unverified === true, mode };
    const octets = await octetsFrom(argument, io);
    const { apdus, problems, framing } = apdusIn(octets);
    const messages: Message[] = [];
    const reader = new MessageReader(options);
    for (const a of apdus) messages.push(await reader.read(a.octets, a.framing));
    const failures: unknown[] = messages.flatMap((m) => (m.error === undefined ? [] : [m.error]));
    if (values.json === true)
      io.stdout.write(`${JSON.stringify(asJson(octets, framing, messages, problems, options), undefined, 2)}\n`);
    else if (values.xml === true)
      for (const m of messages)
        io.stdout.write(m.plain === undefined ? '' : `${apduToXml(m.plain, { lenient: mode !== 'strict' })}\n`);
    else human(octets, messages, options, values, io);
    if (apdus.length === 0 && framing === undefined)
      failures.push(
        new Failure(
          'no known frame or APDU in these octets (looked for HDLC, wrapper, M-Bus, IEC 62056-21 and bare APDUs, with correct checksums)',
        ),
      );
    else if (apdus.length === 0) failures.push(...problems.slice(0, 1));
    const [first] = failures;
    if (first === undefined) return exitCodes.ok;
    const { line, exitCode } = failureOf(first);
    io.stderr.write(`dlms-cosem: ${line}\n`);
    return exitCode;
  },
});

function human(
  octets: Uint8Array,
  messages: readonly Message[],
  options: OpenOptions,
  values: { readings?: boolean; paths?: boolean },
  io: Io,
): void {
  const paint = painter(io);
  if (values.readings !== true) {
    // The tree shows only what was opened by the rules; with a wrong or missing key it shows the outside.
    const opened = messages.every((m) => m.error === undefined);
    const tree = explain(octets, {
      names: explainNames(),
      ...(opened ? { decipher: decipherWith(explainKeys(options.keys)) } : {}),
    });
    const width = (io.columns ?? 100) >= 120 ? 16 : 8;
    io.stdout.write(
      `${explainText(tree, { colours: io.isTTY, octets: width, ...(values.paths === true ? { paths: true } : {}) })}\n`,
    );
  }
  for (const m of messages) {
    for (const q of oneOfEach(m.quirks))
      io.stdout.write(`${paint('yellow', `accepted deviation ${q.name}`)}: ${q.detail}\n`);
    if (m.authenticated !== undefined) io.stdout.write(`${proof(m.authenticated, m.layers[0], paint)}\n`);
    if (m.apdu?.type !== 'data-notification') continue;
    const readings = readingsOf(m.apdu.notificationBody.dataValue);
    const when = m.apdu.dateTime.length === 12 ? ` of ${formatDateTime(dateTimeFromBytes(m.apdu.dateTime))}` : '';
    if (readings.length > 0)
      io.stdout.write(`\n${paint('bold', `Readings${when}`)}\n${readingsTable(readings, paint)}\n`);
    else if (values.readings === true)
      io.stdout.write(`no readings with OBIS codes in the push${when}; without --readings its values are shown\n`);
  }
}
/** Whether the message proves who sent it, and who that says to be. */
function proof(authenticated: boolean, layer: Message['layers'][number] | undefined, paint: Paint): string {
  const counter = layer?.invocationCounter === undefined ? '' : `, invocation counter ${layer.invocationCounter}`;
  const who = layer === undefined ? '' : ` (sender ${formatHex(layer.systemTitle)}${counter})`;
  const verdict = paint(authenticated ? 'green' : 'yellow', `authenticated: ${authenticated}`);
  return authenticated ? `${verdict}${who}` : `${verdict}${who}: anyone could have sent or changed this`;
}
function asJson(
  octets: Uint8Array,
  framing: string | undefined,
  messages: readonly Message[],
  problems: readonly unknown[],
  options: OpenOptions,
): object {
  return {
    framing: framing ?? null,
    octets: octets.length,
    messages: messages.map((m) => messageJson(m, options)),
    problems: problems.map((p) => failureOf(p).line),
  };
}
function messageJson(m: Message, options: OpenOptions): object {
  const lenient = m.quirks.length > 0 || options.mode === 'lenient';
  const push = m.apdu?.type === 'data-notification' ? m.apdu : undefined;
  const body = push?.notificationBody.dataValue;
  const list = body === undefined ? undefined : pushListOf(body);
  return {
    apdu: formatHex(m.octets),
    ...(m.layers.length === 0
      ? {}
      : {
          authenticated: m.authenticated,
          protection: m.layers.map((l) => ({
            form: l.kind,
            authenticated: l.authenticated,
            encrypted: l.encrypted,
            suite: l.suite ?? null,
            invocationCounter: l.invocationCounter ?? null,
            systemTitle: formatHex(l.systemTitle),
            key: l.key ?? null,
            ...(l.signedBy === undefined ? {} : { signedBy: formatHex(l.signedBy) }),
          })),
          ...(m.plain === undefined ? {} : { plaintext: formatHex(m.plain) }),
        }),
    ...(m.plain === undefined || m.apdu === undefined ? {} : { value: apduToJson(m.plain, { lenient }) }),
    ...carriedJson(m),
    ...(body === undefined
      ? {}
      : { readings: readingsOf(body).map((r) => ({ name: nameOf(r.obis), ...plainReading(r), obis: r.obis })) }),
    ...(push === undefined || push.dateTime.length !== 12
      ? {}
      : { time: formatDateTime(dateTimeFromBytes(push.dateTime)) }),
    ...(list === undefined ? {} : { pushList: list.map((item) => ({ ...plainPushItem(item), obis: item.obis })) }),
    quirks: m.quirks.map(({ name, offset, detail }) => ({ name, offset, detail })),
    ...(m.error === undefined ? {} : { error: failureOf(m.error).line }),
  };
}
function carriedJson({ carried }: Message): { userInformation?: JsonObject | { error: string } } {
  if (carried === undefined) return {};
  return {
    userInformation:
      carried.plain === undefined
        ? { error: failureOf(carried.error).line }
        : apduToJson(carried.plain, { lenient: true }),
  };
}
