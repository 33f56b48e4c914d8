/** What happens comes in at one end, and a test awaits it at the other, one by one and in order. */
export interface Mailbox<T> {
  readonly put: (item: T) => void;
  /** The oldest item that nobody has taken; waits for one. */
  next(): Promise<T>;
}

export function createMailbox<T>(): Mailbox<T> {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    put(item) {
      const deliver = waiting.shift();
      if (deliver) deliver(item);
      else items.push(item);
    },
    next: () =>
      new Promise((resolve) => {
        const [item] = items;
        if (items.length === 0) waiting.push(resolve);
        else resolve(item as T);
        items.shift();
      }),
  };
}
