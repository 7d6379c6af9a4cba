"""The closed-loop referral hub (矛盾纠纷移送对接枢纽): one custodian for every dispute, always."""

__version__ = "0.1.0"
