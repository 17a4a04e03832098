/** What one thing after the other says, as server-sent events: asked for only as fast as the reader takes it, and ended when the reader goes away. */
export function eventStream(events: AsyncGenerator<{ readonly event: string; readonly data: object }>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next();
      if (next.done === true) controller.close();
      // JSON holds no raw line break, so one `data` line is the whole value.
      else controller.enqueue(encoder.encode(`event: ${next.value.event}\ndata: ${JSON.stringify(next.value.data)}\n\n`));
    },
    async cancel() {
      await events.return(undefined);
    },
  });
}

const encoder = new TextEncoder();
