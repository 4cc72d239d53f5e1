/** A list of listeners. `on` gives back the way to leave. */
export class Emitter<Value> {
  private readonly listeners = new Set<(value: Value) => void>();

  on(listener: (value: Value) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(value: Value): void {
    for (const listener of [...this.listeners]) listener(value);
  }
}
