import type { BrowserContext } from 'playwright-core';
import type { UdpShaper } from './udp-shaper.ts';

/** Candidates say where a tab really is, instead of a name that only its browser knows. */
export const shapedChromiumFlags: readonly string[] = ['--disable-features=WebRtcHideLocalIpsWithMdns'];

/** Every WebRTC connection of pages that this context opens from now on goes through the shaper. */
export async function leadThrough(shaper: UdpShaper, context: BrowserContext): Promise<void> {
  await context.exposeFunction('doorTo', (address: string, port: number) => shaper.doorTo(address, port));
  await context.addInitScript(wrapPeerConnection);
}

/**
 * Runs in the page: wherever the other side says that it is, a door of the shaper takes its place. Each side knows doors only,
 * and where it itself is seen is a door's exit, so no packet goes around.
 */
function wrapPeerConnection(): void {
  const { doorTo } = globalThis as unknown as { doorTo(address: string, port: number): Promise<number> };
  /** candidate:842163049 1 udp 1677729535 192.0.2.2 46154 typ host ... Empty where it is not led through. */
  async function led(candidate: string): Promise<string> {
    const fields = candidate.split(' ');
    const isIpv4 = /^[\d.]+$/.test(fields[4] ?? '');
    if (fields[2]?.toLowerCase() !== 'udp' || !isIpv4) return '';
    fields[5] = String(await doorTo(fields[4]!, Number(fields[5])));
    return fields.join(' ');
  }
  async function ledDescription(sdp: string): Promise<string> {
    const lines = sdp.split('\r\n').map(async line => {
      if (!line.startsWith('a=candidate:')) return [line];
      const candidate = await led(line.slice(2));
      return candidate ? [`a=${candidate}`] : [];
    });
    return (await Promise.all(lines)).flat().join('\r\n');
  }
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    override async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
      await super.setRemoteDescription({ type, sdp: await ledDescription(sdp) });
    }
    override async addIceCandidate(init?: RTCIceCandidateInit | null): Promise<void> {
      const candidate = await led(init?.candidate ?? '');
      if (!candidate) return;
      const { sdpMid = null, sdpMLineIndex = null } = init!;
      await super.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
    }
  };
}
