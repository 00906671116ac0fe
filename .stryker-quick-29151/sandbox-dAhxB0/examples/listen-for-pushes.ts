import { Apdu, decode } from 'dlms-cosem';
import { type Listener, listenPushTcp } from 'dlms-cosem/client/push-node';
import { type KeyRing, senderTitleOf, unprotect } from 'dlms-cosem/security';

/** Shows what meters push to this port, each opened with its own keys and policy. What is not from a known meter, or does not verify, is refused by name. */
export function listen(
  port: number,
  ring: KeyRing,
  show: (push: Apdu, meter: string) => void,
  refuse: (error: unknown) => void,
): Promise<Listener> {
  return listenPushTcp({ port, onError: refuse }, async ({ apdu }, from) => {
    const title = senderTitleOf(apdu);
    const context = title === undefined ? undefined : ring.context(title);
    if (context === undefined) throw new Error(`a push from ${from.address}, whose sender is not known`);
    const { apdu: plain } = await unprotect(apdu, context);
    show(decode(Apdu, plain, { lenient: true }), from.address);
  });
}
