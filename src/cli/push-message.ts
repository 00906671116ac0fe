import type { Data } from '../axdr/data.js';
import { encode } from '../axdr/schema.js';
import { isProtected } from '../core/apdu-facts.js';
import type { Quirk } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { dateTimeFromBytes } from '../cosem/date-time.js';
import { formatDateTime } from '../cosem/date-time-text.js';
import type { Obis } from '../cosem/obis.js';
import { pushSetupOf, reading, sortPush } from '../cosem/push-readings.js';
import type { CompanionProfile } from '../idis/profile.js';
import { decodePush, type NamedReading, nameReading } from '../idis/push.js';
import type { SecurityContext } from '../security/context.js';
import { type KeyRing, senderTitleOf } from '../security/key-ring.js';
import { protect } from '../security/protect.js';
import { unprotect } from '../security/unprotect.js';
import type { ProtectionLayer } from '../security/unprotected.js';
import { Apdu } from '../xdlms/apdu.js';
import { exitCodes, Failure } from './failure.js';
import { decodePlain } from './messages.js';
import type { PushPolicy } from './push-keys.js';
import { nameOf } from './values.js';

// One message from a meter, opened by the rules and named.

/** What the listener knows about senders. */
export interface Senders {
  readonly ring: KeyRing | undefined;
  readonly plain: boolean;
  policyOf(systemTitle: Uint8Array): PushPolicy;
  /** The sender of messages from an address that name no sender. */
  titleAt(address: string): Uint8Array | undefined;
  profileOf(systemTitle: Uint8Array | undefined): CompanionProfile | undefined;
}
export interface OpenedPush {
  readonly service: 'data-notification' | 'event-notification-request';
  readonly systemTitle: Uint8Array | undefined;
  readonly authenticated: boolean;
  readonly layers: readonly ProtectionLayer[];
  readonly invokeId?: number;
  /** Time of the message itself, not of its values. */
  readonly time?: string;
  readonly setup?: Obis;
  /** Where the names come from, if there is a profile. */
  readonly namedBy?: string;
  readonly readings: readonly NamedReading[];
  readonly unnamed: readonly Data[];
  readonly quirks: readonly Quirk[];
  /** Whether the sender asks for a confirmation, by its service class. */
  readonly asked: boolean;
  /**
   * Makes the confirmation, protected as the policy of the sender says. Undefined if there is nothing to confirm, or
   * the sender is not proven.
   */
  confirm(): Promise<Uint8Array | undefined>;
}

/** @throws DlmsError or Failure when the message is refused */
export async function openPush(octets: Uint8Array, from: string, senders: Senders): Promise<OpenedPush> {
  const { plain, layers, authenticated, context } = await opened(octets, from, senders);
  const systemTitle = context?.peerSystemTitle;
  const quirks: Quirk[] = [];
  const apdu = decodePlain(plain, 'both', quirks, layers.length > 0 && !authenticated);
  const profile = senders.profileOf(systemTitle);
  const common = { systemTitle, authenticated, layers, quirks };
  if (apdu.type === 'data-notification') {
    const { longInvokeIdAndPriority: header, dateTime, notificationBody } = apdu;
    const asked = header.serviceClass === 'confirmed';
    return {
      ...common,
      service: apdu.type,
      invokeId: header.invokeId,
      ...(dateTime.length === 12 ? { time: formatDateTime(dateTimeFromBytes(dateTime)) } : {}),
      ...named(notificationBody.dataValue, profile),
      asked,
      confirm: async () =>
        // A counter that was not compared says nothing about when the message was made.
        context === undefined ||
        !authenticated ||
        senders.policyOf(context.peerSystemTitle as Uint8Array) === 'unverified'
          ? undefined
          : protect(
              encode(Apdu, {
                type: 'data-notification-confirm',
                longInvokeIdAndPriority: header,
                dateTime: new Uint8Array(0),
              }),
              context,
            ),
    };
  }
  if (apdu.type === 'event-notification-request') {
    const { time, cosemAttributeDescriptor: about, attributeValue } = apdu;
    const one = {
      ...reading(about.instanceId, attributeValue, undefined),
      classId: about.classId,
      attribute: about.attributeId,
    };
    return {
      ...common,
      service: apdu.type,
      ...(time?.length === 12 ? { time: formatDateTime(dateTimeFromBytes(time)) } : {}),
      readings: [profile === undefined ? { ...one, name: nameOf(one.obis) } : nameReading(one, profile)],
      unnamed: [],
      asked: false,
      confirm: async () => undefined,
    };
  }
  throw new Failure(`${apdu.type} is not a push`);
}

async function opened(
  octets: Uint8Array,
  from: string,
  { ring, plain, policyOf, titleAt }: Senders,
): Promise<{
  plain: Uint8Array;
  layers: readonly ProtectionLayer[];
  authenticated: boolean;
  context?: SecurityContext;
}> {
  if (!isProtected(octets)) {
    if (!plain)
      throw new Failure(
        'the message is not protected, and the key file does not accept such messages',
        exitCodes.security,
      );
    return { plain: octets, layers: [], authenticated: false };
  }
  const title = senderTitleOf(octets) ?? titleAt(from);
  if (title === undefined)
    throw new Failure(
      'the message is ciphered and does not name its sender; give the sender an address in the key file',
      exitCodes.security,
    );
  const context = ring?.context(title);
  if (context === undefined)
    throw new Failure(
      `no key for ${formatHex(title)}${ring === undefined ? ': give --keys' : ' in the key file'}`,
      exitCodes.security,
    );
  const result = await unprotect(octets, context, {
    lenient: true,
    ...(policyOf(title) === 'unverified' ? { mode: 'unverified' as const } : {}),
  });
  return { plain: result.apdu, layers: result.layers, authenticated: result.authenticated, context };
}

function named(
  body: Data,
  profile: CompanionProfile | undefined,
): Pick<OpenedPush, 'readings' | 'unnamed' | 'setup' | 'namedBy'> {
  if (profile === undefined) {
    const { readings, unnamed } = sortPush(body);
    const setup = pushSetupOf(body);
    return {
      readings: readings.map((r) => ({ ...r, name: nameOf(r.obis) })),
      unnamed,
      ...(setup === undefined ? {} : { setup }),
    };
  }
  const { readings, unnamed, setup, setupRow, namedBy, template } = decodePush(body, profile);
  return {
    readings,
    unnamed,
    ...(setup === undefined ? {} : { setup }),
    namedBy: [namedBy, template, setupRow === undefined ? undefined : `push setup ${setupRow.name}`]
      .filter((t) => t !== undefined)
      .join(', '),
  };
}
