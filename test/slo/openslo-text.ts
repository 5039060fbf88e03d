// An SLO as OpenSLO writes it, of good and total requests: 99.9 % over 30 days.
export const OPENSLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: checkout }
spec:
  service: shop
  indicator:
    metadata: { name: requests }
    spec:
      ratioMetric:
        good: { metricSource: { type: CloudWatch, spec: { namespace: Shop, metricName: Good } } }
        total: { metricSource: { type: CloudWatch, spec: { namespace: Shop, metricName: All } } }
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.999 }]
`;
