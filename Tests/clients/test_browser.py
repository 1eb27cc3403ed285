"""A browser uploads to the Datastore and reads from it on a page of another origin, like the Datastore's packager."""

import base64
import functools
import hashlib
import http.server
import json
import re
import shutil
import subprocess
import threading

import pytest

import servers
from conftest import DATASTORE

SCRIPT = """
const out = {};
async function put(name, url, body, headers) {
    await new Promise(done => {
        const request = new XMLHttpRequest();
        let progress = 0;
        request.upload.onprogress = () => progress++;
        request.onload = () => { out[name] = {status: request.status, text: request.responseText, progress}; done(); };
        request.onerror = () => { out[name] = {error: true}; done(); };
        request.open("PUT", url);
        for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
        request.send(body);
    });
}
async function get(name, url, headers) {
    try {
        const answer = await fetch(url, {headers, cache: "no-store"});
        const text = await answer.text();
        out[name] = {status: answer.status, range: answer.headers.get("Content-Range"), length: text.length};
    } catch (error) { out[name] = {error: true}; }
}
(async () => {
    const t = JSON.parse(document.getElementById("tasks").textContent);
    const body = "x".repeat(t.size);
    await put("upload", t.upload, body, t.headers);
    await put("otherMD5", t.upload, body, {...t.headers, "Content-MD5": t.otherMD5});
    await put("otherBody", t.upload, "y", t.headers);
    await put("expired", t.expired, body, t.headers);
    await get("whole", t.url, {});
    await get("range", t.url, {"Range": "bytes=0-5242879"});
    await get("papa", t.url, {"Range": "bytes=5242880-10485759", "If-None-Match": "webkit-no-cache"});
    await get("behind", t.url, {"Range": "bytes=99999999-"});
    await get("missing", t.url + ".missing", {});
    await get("closed", t.closed, {});
    document.getElementById("out").textContent = JSON.stringify(out);
})();
"""


FORM_SCRIPT = """
const out = {};
async function post(name, form, size) {
    const data = new FormData();
    for (const [field, value] of Object.entries(form.fields)) data.append(field, value);
    data.append("file", new File(["x".repeat(size)], "Übersicht 2026.csv", {type: "text/csv"}));
    try {
        const answer = await fetch(form.url, {method: "POST", body: data});
        out[name] = {status: answer.status, text: await answer.text()};
    } catch (error) { out[name] = {error: String(error)}; }
}
(async () => {
    const t = JSON.parse(document.getElementById("tasks").textContent);
    await post("upload", t.form, t.size);
    await post("tooLarge", t.form, t.size + 1);
    await post("otherKey", {...t.form, fields: {...t.form.fields, key: "elsewhere"}}, 1);
    document.getElementById("out").textContent = JSON.stringify(out);
})();
"""

RULES_SCRIPT = """
const out = {};
async function ask(name, {url, ...options}) {
    try {
        const answer = await fetch(url, {cache: "no-store", ...options});
        out[name] = {status: answer.status, etag: answer.headers.get("ETag"), id: answer.headers.get("x-amz-request-id"),
                     text: await answer.text()};
    } catch (error) { out[name] = {error: true}; }
}
(async () => {
    const t = JSON.parse(document.getElementById("tasks").textContent);
    for (const [name, task] of Object.entries(t)) await ask(name, task);
    document.getElementById("out").textContent = JSON.stringify(out);
})();
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A web server of another origin; yields its directory and URL."""
    directory = tmp_path_factory.mktemp("page")
    handler = functools.partial(QuietHandler, directory=directory)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield directory, f"http://localhost:{server.server_address[1]}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def run(page, tasks, script, profile):
    """Runs the script with the tasks in a browser; returns its results."""
    directory, origin = page
    (directory / "index.html").write_text(
        f'<meta charset="utf-8"><script type="application/json" id="tasks">{json.dumps(tasks)}</script>'
        f'<pre id="out"></pre><script>{script}</script>')
    return open_in_chromium(origin, profile)


def open_in_chromium(url, profile):
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing; scripts/test installs it"
    result = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
         "--virtual-time-budget=60000", "--dump-dom", url], capture_output=True, text=True, timeout=servers.PATIENCE)
    found = re.search(r'<pre id="out">(.+?)</pre>', result.stdout, re.S)
    assert found, f"the page did not finish: {result.stdout[-2000:]} {result.stderr[-2000:]}"
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_a_browser_uploads_and_reads_across_origins(server, s3, bucket, page, tmp_path):
    key, size = "owner/package/data/Some file (ü) +1.csv", 6 << 20
    md5 = base64.b64encode(hashlib.md5(b"x" * size).digest()).decode()
    parameters = {
        "Bucket": DATASTORE, "Key": key, "ContentMD5": md5, "ContentType": "application/octet-stream"}
    sign = functools.partial(s3.generate_presigned_url, "put_object", Params=parameters)
    s3.put_object(Bucket=bucket, Key="closed", Body=b"no rules here")
    url = f"{server.endpoint}/{DATASTORE}/owner/package/data/Some%20file%20%28%C3%BC%29%20%2B1.csv"
    tasks = {
        "size": size, "upload": sign(ExpiresIn=259200), "expired": sign(ExpiresIn=-5), "url": url,
        "headers": {"Content-MD5": md5, "Content-Type": "application/octet-stream"},
        "otherMD5": base64.b64encode(bytes(16)).decode(), "closed": f"{server.endpoint}/{bucket}/closed",
    }
    out = run(page, tasks, SCRIPT, tmp_path)

    assert out["upload"]["status"] == 200
    assert out["upload"]["progress"] >= 1
    assert s3.head_object(Bucket=DATASTORE, Key=key)["ETag"] == f'"{hashlib.md5(b"x" * size).hexdigest()}"'
    assert (out["otherMD5"]["status"], "SignatureDoesNotMatch" in out["otherMD5"]["text"]) == (403, True)
    assert (out["otherBody"]["status"], "BadDigest" in out["otherBody"]["text"]) == (400, True)
    assert (out["expired"]["status"], "Request has expired" in out["expired"]["text"]) == (403, True)
    assert (out["whole"]["status"], out["whole"]["length"]) == (200, size)
    assert (out["range"]["status"], out["range"]["range"]) == (206, f"bytes 0-5242879/{size}")
    assert (out["papa"]["status"], out["papa"]["range"]) == (206, f"bytes 5242880-{size - 1}/{size}")
    assert (out["behind"]["status"], out["behind"]["range"]) == (416, f"bytes */{size}")
    assert out["missing"]["status"] == 403
    assert "error" in out["closed"], "a bucket without rules is closed to other origins"


def test_a_browser_sends_a_form_across_origins(s3, page, tmp_path):
    size = 3 << 20
    form = s3.generate_presigned_post(
        DATASTORE, "owner/form/${filename}", Fields={"success_action_status": "201"},
        Conditions=[["content-length-range", 1, size], {"success_action_status": "201"}])
    out = run(page, {"form": form, "size": size}, FORM_SCRIPT, tmp_path)

    assert out["upload"]["status"] == 201 and "<PostResponse>" in out["upload"]["text"]
    found = s3.head_object(Bucket=DATASTORE, Key="owner/form/Übersicht 2026.csv")
    assert found["ETag"] == f'"{hashlib.md5(b"x" * size).hexdigest()}"'
    assert (out["tooLarge"]["status"], "EntityTooLarge" in out["tooLarge"]["text"]) == (400, True)
    assert (out["otherKey"]["status"], "AccessDenied" in out["otherKey"]["text"]) == (403, True)


def test_a_browser_is_held_to_the_rules_of_a_bucket(server, s3, public_bucket, page, tmp_path):
    origin = page[1]
    s3.create_bucket(Bucket=(elsewhere := f"{public_bucket}-elsewhere"))
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")

    def put_rules(bucket, *rules):
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": list(rules)})

    put_rules(
        public_bucket, {"AllowedOrigins": [origin], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag"]},
        {"AllowedOrigins": ["http://local*"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["x-amz-meta-*"]},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["HEAD"]})
    put_rules(elsewhere, {"AllowedOrigins": ["http://*.example.org"], "AllowedMethods": ["GET", "PUT"]})

    def url(operation, bucket=public_bucket, **parameters):
        return s3.generate_presigned_url(operation, {"Bucket": bucket, "Key": "k", **parameters})

    read = url("get_object")
    fields = {"x-amz-meta-a": "1", "Content-Type": "text/plain"}
    written = url("put_object", Metadata={"a": "1"}, ContentType="text/plain")
    out = run(page, {
        "read": {"url": read}, "withCredentials": {"url": read, "credentials": "include"},
        "refused": {"url": f"{server.endpoint}/{public_bucket}?acl"},
        "put": {"url": written, "method": "PUT", "body": "new", "headers": fields},
        "otherHeader": {"url": read, "headers": {"x-other": "1"}},
        "otherMethod": {"url": url("delete_object"), "method": "DELETE"},
        "otherOrigin": {"url": url("get_object", elsewhere)},
        "head": {"url": url("head_object"), "method": "HEAD"},
        "headWithCredentials": {"url": url("head_object"), "method": "HEAD", "credentials": "include"},
    }, RULES_SCRIPT, tmp_path)

    etag = f'"{hashlib.md5(b"data").hexdigest()}"'
    assert out["read"] == out["withCredentials"] == {"status": 200, "etag": etag, "id": None, "text": "data"}
    assert (out["refused"]["status"], "AccessDenied" in out["refused"]["text"]) == (403, True)
    assert (out["put"]["status"], out["put"]["etag"]) == (200, None)
    assert s3.get_object(Bucket=public_bucket, Key="k")["Metadata"] == {"a": "1"}
    assert (out["head"]["status"], out["head"]["etag"]) == (200, None)
    for name in ("otherHeader", "otherMethod", "otherOrigin", "headWithCredentials"):
        assert out[name] == {"error": True}, name
