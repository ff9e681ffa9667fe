// A page that is opened from disk may start no worker: the search runs in a hidden frame, which answers as a worker does.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      this.started = new Promise((done) => frame.addEventListener("load", done, { once: true })).then(() => {
        this.inside = frame.contentWindow
        this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
        this.inside.importScripts = (...scripts) => Promise.all(scripts.map((one) => this.load(new URL(one, address))))
        return this.load(address)
      })
      document.body.append(frame)
    }

    load(address) {
      const script = this.inside.document.createElement("script")
      script.src = address
      const loaded = new Promise((done, failed) => Object.assign(script, { onload: done, onerror: failed }))
      this.inside.document.head.append(script)
      return loaded
    }

    postMessage(data) {
      this.started.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })))
    }
  }
}
