"""Access control lists in the form in which tests compare them."""

from accounts import STRANGER_ACCOUNT

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
#: Canonical ids: of another account on the server, and of no account.
STRANGER = STRANGER_ACCOUNT.canonical_id
NOBODY = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
#: The canonical id of Amazon EC2, to which `aws-exec-read` grants access.
EC2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"


def owner_of(s3):
    """The canonical id of the account."""
    return s3.list_buckets()["Owner"]["ID"]


def grants(answer):
    """The grants of a GET of an ACL as pairs; the owner's own full control is `("owner", "FULL_CONTROL")`."""
    owner = answer["Owner"]["ID"]
    found = []
    for grant in answer["Grants"]:
        grantee = grant["Grantee"]
        kind, name = ("Group", "URI") if "URI" in grantee else ("CanonicalUser", "ID")
        assert grantee["Type"] == kind and set(grantee) == {"Type", name}
        found.append(("owner" if grantee[name] == owner else grantee[name], grant["Permission"]))
    return found


def policy(owner, *pairs):
    """An AccessControlPolicy for boto3."""
    def grantee(name):
        if name.startswith("http"):
            return {"Type": "Group", "URI": name}
        if "@" in name:
            return {"Type": "AmazonCustomerByEmail", "EmailAddress": name}
        return {"Type": "CanonicalUser", "ID": owner if name == "owner" else name}

    return {
        "Owner": {"ID": owner},
        "Grants": [{"Grantee": grantee(name), "Permission": permission} for name, permission in pairs]}


OWNER = ("owner", "FULL_CONTROL")

#: The grants of the canned ACLs in addition to the owner's (S3 User Guide, "Canned ACL").
CANNED = {
    "private": [], "public-read": [(ALL_USERS, "READ")],
    "public-read-write": [(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
    "authenticated-read": [(AUTHENTICATED_USERS, "READ")], "aws-exec-read": [(EC2, "READ")],
    # The account owns both its buckets and their objects.
    "bucket-owner-read": [], "bucket-owner-full-control": []}

#: Invalid ACL documents with the expected error codes; %s is replaced by the owner's id.
HEAD = '<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
GRANTEE = '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{}">{}</Grantee>'


def document(grant, owner="<Owner><ID>%s</ID></Owner>"):
    return f"{HEAD}{owner}<AccessControlList>{grant}</AccessControlList></AccessControlPolicy>"


def grant(inside, permission="<Permission>READ</Permission>", kind="CanonicalUser"):
    return f"<Grant>{GRANTEE.format(kind, inside)}{permission}</Grant>"


BAD_DOCUMENTS = [
    ("<", "MalformedACLError"), ("<CreateBucketConfiguration/>", "MalformedACLError"),
    (document("", owner=""), "MalformedACLError"), (f"{HEAD}<Owner><ID>%s</ID></Owner></AccessControlPolicy>",
                                                    "MalformedACLError"),
    (document("<Grant/>"), "MalformedACLError"), (document("<Other/>"), "MalformedACLError"),
    (document(grant("")), "MalformedACLError"), (document(grant("<ID>%s</ID>", "")), "MalformedACLError"),
    (document(grant("<ID>%s</ID>", "<Permission>EVERYTHING</Permission>")), "MalformedACLError"),
    (document(grant("<ID>%s</ID>", "<Permission>read</Permission>")), "MalformedACLError"),
    (document(grant(f"<ID>%s</ID><URI>{ALL_USERS}</URI>")), "MalformedACLError"),
    (document(grant("<Name>me</Name>")), "MalformedACLError"),
    (document(grant("<ID>%s</ID>") * 101), "MalformedACLError"),
    (document(grant(f"<ID>{NOBODY}</ID>")), "InvalidArgument"),
    (document(grant("<ID>me</ID>")), "InvalidArgument"), (document(grant("<ID></ID>")), "InvalidArgument"),
    (document(grant("<URI>http://acs.amazonaws.com/groups/global/NoUsers</URI>", kind="Group")), "InvalidArgument"),
    (document(grant("<EmailAddress>nobody@example.org</EmailAddress>", kind="AmazonCustomerByEmail")),
     "UnresolvableGrantByEmailAddress"),
    (document("", owner=f"<Owner><ID>{STRANGER}</ID></Owner>"), "AccessDenied")]

#: Values of `x-amz-grant-read` that are refused, with the expected error codes.
BAD_GRANTS = [
    ("me", "InvalidArgument"), ("name=me", "InvalidArgument"), ("id=me", "InvalidArgument"), (f"id={NOBODY}", "InvalidArgument"), ('id="', "InvalidArgument"),
    (f"id={STRANGER},", "InvalidArgument"), (f'uri="{ALL_USERS}', "InvalidArgument"),
    ("uri=http://example.org", "InvalidArgument"), (f"id={STRANGER[:-1]}G", "InvalidArgument"),
    ('emailAddress="nobody@example.org"', "UnresolvableGrantByEmailAddress")]
