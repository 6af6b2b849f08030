// A DNS server on loopback, over UDP and TCP, that answers as a test says.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import {
  type Answer,
  decode,
  encode,
  type Packet,
  type Question,
  streamDecode,
  streamEncode,
} from 'dns-packet';

/** Records, an RCODE, other bytes, or null for silence. */
type Reply = { answers: object[] } | { rcode: number } | { raw: string } | null;
export type Answers = (question: Question) => Reply;

/** A longer answer is truncated over UDP, so that the client asks again over TCP. */
const MAX_UDP = 512;
/** Recursion desired and available. */
const FLAGS = 0x180;
const TRUNCATED = 0x200;

export async function startDnsServer() {
  let answers: Answers = () => null;
  const asked: string[] = [];
  const replyTo = ({ id, questions = [] }: Packet) => {
    const [question] = questions;
    if (!question) throw new Error('no question');
    asked.push(`${question.type} ${question.name}`);
    const given = answers(question);
    if (given === null || 'raw' in given) return given;
    const rcode = 'rcode' in given ? given.rcode : 0;
    const records = 'answers' in given ? (given.answers as Answer[]) : [];
    return { type: 'response' as const, id, flags: FLAGS | rcode, questions, answers: records };
  };
  const tcp = createServer((socket) =>
    socket.on('data', (query) => {
      const reply = replyTo(streamDecode(query));
      if (reply && !('raw' in reply)) socket.end(streamEncode(reply));
    }),
  );
  const { udp, port } = await onOnePort(tcp);
  udp.on('message', (query, { port, address }) => {
    const reply = replyTo(decode(query));
    if (reply === null) return;
    if ('raw' in reply) return udp.send(reply.raw, port, address);
    const bytes = encode(reply);
    const short = { ...reply, answers: [], flags: reply.flags | TRUNCATED };
    return udp.send(bytes.length > MAX_UDP ? encode(short) : bytes, port, address);
  });
  return {
    server: `127.0.0.1:${port}`,
    /** The questions since the last change of the answers. */
    asked,
    answer: (next: Answers) => {
      asked.length = 0;
      answers = next;
    },
    stop: () => {
      udp.close();
      tcp.close();
    },
  };
}

const TRIES = 20;

/** Listens on a port that is free for TCP and for UDP: another test may have one of the two. */
async function onOnePort(tcp: Server): Promise<{ udp: Socket; port: number }> {
  for (let tried = 1; ; tried++) {
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket('udp4');
    try {
      udp.bind(port, '127.0.0.1');
      await once(udp, 'listening');
      return { udp, port };
    } catch (error) {
      udp.close();
      await once(tcp.close(), 'close');
      if (tried === TRIES) throw error;
    }
  }
}
