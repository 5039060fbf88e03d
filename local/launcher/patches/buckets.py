"""S3 buckets made by CloudFormation."""
from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from launcher.patches.cloudformation import around
from ministack.services import s3


def _text(parent: Element, tag: str, value) -> None:
    SubElement(parent, tag).text = str(value)


def lifecycle_xml(rules: list[dict]) -> bytes:
    """A template's lifecycle rules as PutBucketLifecycleConfiguration takes them."""
    root = Element("LifecycleConfiguration")
    for number, rule in enumerate(rules):
        element = SubElement(root, "Rule")
        _text(element, "ID", rule.get("Id", f"rule{number}"))
        narrow = SubElement(element, "Filter")
        size = rule.get("ObjectSizeGreaterThan")
        holder = SubElement(narrow, "And") if size is not None else narrow
        _text(holder, "Prefix", rule.get("Prefix", ""))
        if size is not None:
            _text(holder, "ObjectSizeGreaterThan", size)
        _text(element, "Status", rule.get("Status", "Enabled"))
        for transition in rule.get("Transitions") or []:
            step = SubElement(element, "Transition")
            _text(step, "Days", transition["TransitionInDays"])
            _text(step, "StorageClass", transition["StorageClass"])
        if rule.get("ExpirationInDays"):
            _text(SubElement(element, "Expiration"), "Days", rule["ExpirationInDays"])
        noncurrent = (rule.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays")
        if noncurrent:
            _text(SubElement(element, "NoncurrentVersionExpiration"), "NoncurrentDays", noncurrent)
        abort = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
        if abort:
            _text(SubElement(element, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation", abort)
    return tostring(root)


def _lifecycle(name: str, properties: dict) -> None:
    rules = (properties.get("LifecycleConfiguration") or {}).get("Rules")
    if rules:
        s3._put_bucket_lifecycle(name, lifecycle_xml(rules))


def _tags(name: str, properties: dict) -> None:
    if properties.get("Tags"):
        root = Element("Tagging")
        tag_set = SubElement(root, "TagSet")
        for tag in properties["Tags"]:
            element = SubElement(tag_set, "Tag")
            _text(element, "Key", tag["Key"])
            _text(element, "Value", tag.get("Value", ""))
        s3._put_bucket_tagging(name, tostring(root))


def apply() -> None:
    """ministack drops lifecycle rules and tags; without its tag the custom resource that empties a bucket fails."""
    around("AWS::S3::Bucket", after=_lifecycle)
    around("AWS::S3::Bucket", after=_tags)
